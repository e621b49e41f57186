import { codeOf, modelOf, pascal, pathOf, plural, words, type Blueprint } from './blueprint'
import type { Field } from './field'
import { file } from './print'

/** `plugin.json`, `README.md` and `locales`: what a plugin says of itself. */
export function aboutFiles(plan: Blueprint): Record<string, string> {
  return {
    'plugin.json': manifest(plan),
    'README.md': readme(plan),
    'locales/en-US.json': locale(plan, {
      none: `There is no such ${words(plan.entity)}`,
      taken: (name) => `There is a ${words(plan.entity)} with this ${words(name)} already`,
    }),
    'locales/zh-CN.json': locale(plan, { none: '记录不存在', taken: (name) => `${name} 已存在` }),
  }
}

function manifest({ name, snake, entity }: Blueprint): string {
  return file(
    '{',
    '  "$schema": "../../static/plugin.schema.json",',
    '  "plugin": {',
    `    "name": "${name}",`,
    '    "version": "0.1.0",',
    `    "summary": "${pascal(snake)}",`,
    `    "description": "Keeps ${words(plural(entity))}.",`,
    '    "author": "Somebody",',
    '    "tags": ["other"],',
    '    "database": ["sqlite", "mysql", "postgresql"]',
    '  },',
    '  "requires": {',
    '    "steward": ">=0.1.0 <1"',
    '  }',
    '}',
  )
}

const TYPES = { string: 'text', text: 'long text', id: 'id', json: 'object' } as const

function typeOf({ kind, length, values }: Field): string {
  if (kind === 'string') return `${TYPES.string}, at most ${length} characters`
  if (kind === 'enum') return values.map((value) => `\`${value}\``).join(', ')
  return kind in TYPES ? TYPES[kind === 'text' || kind === 'json' ? kind : 'id'] : kind
}

function readme(plan: Blueprint): string {
  const { name, entity, fields } = plan
  const rows = fields.map((field) => {
    const notes = [field.nullable ? 'may be empty' : '', field.mark === 'unique' ? 'unique' : '']
    return `| \`${field.name}\` | ${[typeOf(field), ...notes].filter(Boolean).join('; ')} |`
  })
  return file(
    `# ${name}`,
    '',
    `Keeps ${words(plural(entity))}, at \`${pathOf(plan)}\`.`,
    '',
    '| field | what it takes |',
    '|---|---|',
    ...rows,
    '',
    `Whoever is signed in may read; permission codes: \`${codeOf(plan, 'add')}\`, \`${codeOf(plan, 'edit')}\`, \`${codeOf(plan, 'del')}\`.`,
    '',
    `Model for data rules: \`${modelOf(plan)}\`. Tests: \`npx jest plugins/${name}\`.`,
  )
}

interface Texts {
  none: string
  taken(this: void, name: string): string
}

function locale({ snake, fields }: Blueprint, { none, taken }: Texts): string {
  const unique = fields.filter(({ mark }) => mark === 'unique')
  const words = Object.fromEntries(unique.map(({ name }) => [`${name}_taken`, taken(name)]))
  return `${JSON.stringify({ [snake]: { not_found: none, ...words } }, null, 2)}\n`
}
