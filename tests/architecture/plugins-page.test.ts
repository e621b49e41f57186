import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freshHome } from '../support/database-server'

jest.setTimeout(600_000)

const root = path.resolve(__dirname, '../..')
const page = readFileSync(path.join(root, 'docs/plugins.md'), 'utf8')

interface Snippet {
  language: string
  file: string
  text: string
}

const FENCE = /^ *```(\S*) ?(\S*)\n([^]*?)^ *```$/gm
const snippets: Snippet[] = [...page.matchAll(FENCE)].map(([, language = '', file = '', text = '']) => ({
  ...{ language, file, text },
}))

const OURS = /^(\.git|\.cache|node_modules|dist|data|coverage|_.*|\..*\.(new|old|failed))$/

/** A project as somebody has it who has just fetched it. */
let project: string
let home: Record<string, string>
beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), 'page-'))
  cpSync(root, project, {
    recursive: true,
    filter: (name) => name === root || !OURS.test(path.basename(name)),
  })
  symlinkSync(path.join(root, 'node_modules'), path.join(project, 'node_modules'))
  home = { ...(await freshHome()), PLUGIN_REQUIRED: '[]' }
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** What Jest tells this test is nothing for one that a snippet starts. */
const environment = (): NodeJS.ProcessEnv => {
  const told = ['JEST_WORKER_ID', 'TEST_DATABASE_HOST', 'TEST_COMPILED', 'TEST_MODULE_PACK']
  const rest = Object.entries(process.env).filter(([name]) => !told.includes(name))
  return { ...Object.fromEntries(rest), ...home, NODE_OPTIONS: '' }
}

function run(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    env: environment(),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}

/** How each language is tried. Files are tried by what comes after them on the page. */
const TRY: Record<string, (snippet: Snippet) => unknown> = {
  sh: ({ text }) => run('sh', ['-ec', text]),
  ts: keep,
  json: keep,
}

function keep({ file, text }: Snippet): void {
  if (file === '') throw new Error('a snippet that is a file names it behind its language')
  const target = path.join(project, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
}

it('the page about plugins does what it says, snippet by snippet', () => {
  for (const snippet of snippets) {
    const attempt = TRY[snippet.language]
    if (!attempt)
      throw new Error(`nobody knows how to run a snippet of "${snippet.language}":\n${snippet.text}`)
    attempt(snippet)
  }

  const loader = ['--conditions=source', '--import', 'tsx']
  const problems = run(process.execPath, [...loader, 'tests/support/check-code.ts', 'plugins/bookshelf'])
  expect(JSON.parse(problems)).toEqual([])
  expect(snippets.map(({ language }) => language)).toEqual(expect.arrayContaining(['sh', 'ts', 'json']))
})

it('every fence of the page is a snippet', () => {
  expect(page.match(/^ *```/gm)?.length).toBe(snippets.length * 2)
})
