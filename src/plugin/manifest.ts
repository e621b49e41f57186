import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import validRange from 'semver/ranges/valid'
import { z } from 'zod'

/** Small letters and digits in words joined by `-` or `_`: the name of the folder, of its migrations and of its words. */
const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/
/** Names that mean something else where a plugin's name stands: modules of the core, a fixed segment of an address. */
const TAKEN = new Set(['admin', 'task', 'plugin', 'core', 'steward', 'changed', 'dependencies'])

const TAGS = ['ai', 'mcp', 'agent', 'auth', 'storage', 'notification', 'task', 'payment', 'other'] as const
const DATABASES = ['sqlite', 'mysql', 'postgresql'] as const

const words = (max: number, what: string) =>
  z
    .string(`must be text: ${what}`)
    .min(1, `must not be empty: ${what}`)
    .max(max, `must have at most ${max} characters`)
const range = z
  .string('must be a range of versions, like ">=0.1.0 <1"')
  .refine((value) => validRange(value) !== null, 'must be a range of versions, like ">=0.1.0 <1" or "^1.2.0"')
const someOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z
    .array(z.enum(names, `must be one of ${names.join(', ')}`), 'must be a list')
    .min(1, `must name at least one of ${names.join(', ')}`)
const pluginName = z
  .string('must be text')
  .max(32, 'must have at most 32 characters')
  .regex(
    NAME,
    'must be words of small letters and digits joined by - or _, like "notice" or "code-generator"',
  )

const About = z.strictObject({
  name: pluginName
    .refine((name) => !TAKEN.has(name), 'is taken by the core: choose another name')
    .describe('The name of the folder.'),
  version: z
    .string('must be text, like "1.0.0"')
    .regex(/^\d+\.\d+\.\d+$/, 'must be three numbers, like "1.0.0"')
    .describe('Raise it with every release.'),
  summary: words(100, 'what the plugin is, in a few words'),
  description: words(500, 'what the plugin does, in a sentence or two'),
  author: words(50, 'who to ask'),
  icon: z.string().max(500).nullable().optional().describe('Path or URL of a picture.'),
  tags: someOf(TAGS),
  database: someOf(DATABASES).describe('Databases it works on; it is not loaded on others.'),
  depends_on: z
    .array(pluginName)
    .optional()
    .describe('Plugins it needs in any version. Those in requires.plugins need not be repeated here.'),
})

const Requires = z.strictObject({
  steward: range.describe('Versions of Steward it works with.'),
  plugins: z
    .record(pluginName, range)
    .optional()
    .describe('Plugins it needs, with the versions that will do.'),
})

const App = z.union(
  [
    z.strictObject({ router: z.array(z.string().min(1)).min(1) }),
    z.strictObject({ extend: z.string().min(1) }),
  ],
  'must have either "router", a list of names, or "extend", the module whose addresses it adds to',
)

const ApiFile = z.strictObject({
  prefix: z.string().regex(/^\/[a-zA-Z0-9_/-]*$/, 'must be a path, like "/configs"'),
  tags: z.string().min(1),
})

/** `plugin.json`: everything that can be known about a plugin without running its code. */
export const Manifest = z
  .strictObject({
    $schema: z.string().optional(),
    plugin: About,
    requires: Requires,
    app: App.optional().describe(
      'Shown in the console: whether it has addresses of its own or adds to a module.',
    ),
    api: z
      .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), ApiFile)
      .optional()
      .describe('Shown in the console, for plugins that extend a module.'),
    settings: z
      .record(
        z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be a name in capitals, like NOTICE_DAYS'),
        z.union([z.string(), z.number(), z.boolean()]),
      )
      .optional()
      .describe('Defaults that replace those of config.ts.'),
    dependencies: z
      .record(
        z.string().regex(/^(@[a-z0-9-._~]+\/)?[a-z0-9-._~]+$/, 'must be the name of an npm package'),
        z.string().regex(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/, 'must be one exact version, like "1.2.3"'),
      )
      .optional()
      .describe(
        'npm packages that live in node_modules of the plugin and travel with it; looked for before it is loaded.',
      ),
    web: z
      .strictObject({ entry: z.string().regex(/^web\/[\w./-]+$/, 'must be a file below web/') })
      .optional()
      .describe('Reserved for pages of the console.'),
  })
  .refine(({ plugin }) => !plugin.depends_on?.includes(plugin.name), {
    error: 'must not name the plugin itself',
    path: ['plugin', 'depends_on'],
  })

export type Manifest = z.output<typeof Manifest>

export const MANIFEST_FILE = 'plugin.json'

const MOST_BYTES = 64 * 1024

export type ReadManifest = { manifest: Manifest; problems?: never } | { manifest?: never; problems: string[] }

/** Reads and checks the manifest of a folder. Runs nothing of the plugin. */
export async function readManifest(folder: string): Promise<ReadManifest> {
  const file = join(folder, MANIFEST_FILE)
  const state = await stat(file).catch(() => null)
  if (!state?.isFile()) return { problems: [`${MANIFEST_FILE} is missing: every plugin has one`] }
  if (state.size > MOST_BYTES)
    return {
      problems: [
        `${MANIFEST_FILE}: is larger than ${MOST_BYTES / 1024} KiB: it says what the plugin is, and no more`,
      ],
    }
  return parseManifest(await readFile(file, 'utf8'))
}

/** @returns the manifest, or every problem as "key: rule" */
export function parseManifest(text: string): ReadManifest {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return {
      problems: [`${MANIFEST_FILE} is not JSON: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
  const parsed = Manifest.safeParse(value, { reportInput: true })
  return parsed.success ? { manifest: parsed.data } : { problems: parsed.error.issues.map(sentence) }
}

function sentence(issue: z.core.$ZodIssue): string {
  const key = issue.path.join('.') || MANIFEST_FILE
  if (issue.code === 'unrecognized_keys') {
    return `${key}: ${issue.keys.map((name) => `"${name}"`).join(', ')} is not known here: correct the spelling or remove it`
  }
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `${key}: is missing; it ${issue.message}`
  const shown = typeof issue.input === 'string' ? `, not ${JSON.stringify(issue.input.slice(0, 80))}` : ''
  return `${key}: ${issue.message}${shown}`
}

/** What the plugin needs, by name: ranges of versions. */
export function requirementsOf({ plugin, requires }: Manifest): Map<string, string> {
  const anyVersion = (plugin.depends_on ?? []).map((name) => [name, '*'] as const)
  return new Map([...anyVersion, ...Object.entries(requires.plugins ?? {})])
}

/** The JSON Schema of the manifest, as it is published in `static/plugin.schema.json`. */
export function manifestSchemaText(): string {
  const schema = z.toJSONSchema(Manifest, { io: 'input' })
  return `${JSON.stringify({ ...schema, title: 'plugin.json of Steward' }, null, 2)}\n`
}
