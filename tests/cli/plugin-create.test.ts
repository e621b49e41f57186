import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { blueprintOf, type Wish } from '../../src/cli/action/plugin/new/blueprint'
import { steward } from '../support/cli'
import { stewardCommand } from '../support/steward-command'

jest.setTimeout(300_000)

/** A place for plugins inside the project, where tools find their settings. */
let root: string
beforeEach(() => {
  root = mkdtempSync(resolve('plugins', '_made-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const create = (...words: string[]) => steward(['plugin', 'create', ...words], { home: { PLUGIN_DIR: root } })
const textOf = (...parts: string[]) => readFileSync(join(root, ...parts), 'utf8')

it.each(['x', 'book-shelf', 'a-long-plugin-name'])(
  'plugin create %s makes a plugin that passes formatter and strict check as it is',
  async (name) => {
    expect(await create(name)).toMatchObject({ code: 0, stderr: '' })

    execFileSync(resolve('node_modules/.bin/prettier'), ['--check', join(root, name)])
    const checked = await steward(['plugin', 'check', join(root, name)], { home: { PLUGIN_DIR: root } })
    expect(checked).toMatchObject({ code: 0, stdout: 'Score: 100 of 100.\n' })
    expect(readdirSync(root)).toEqual([name])
  },
)

it('plugin create makes the table that it is told to', async () => {
  const fields = ['title:string(64):unique', 'price:number?', 'kind:enum(novel,essay):index']
  const flags = fields.flatMap((field) => ['--field', field])

  expect(await create('shelf', '--table', 'book', ...flags)).toMatchObject({ code: 0, stderr: '' })

  const migration = readdirSync(join(root, 'shelf/migrations')).find((name) => name.includes('create-book'))
  const lines = textOf('shelf/migrations', migration ?? '')
  expect(lines).toContain('title: required(types.string(64)),\n    price: { type: types.double },\n')
  expect(lines).toContain("const UNIQUE = ['title']\nconst INDEXED = ['kind']\n")
  expect(textOf('shelf/api/book.ts')).toContain("path: '/shelf/books/:pk'")
  expect(textOf('shelf/schema/book.ts')).toContain("const KIND_VALUES = ['novel', 'essay'] as const")
})

it('plugin create asks at a terminal for columns, again where one is wrong', async () => {
  const command = [process.execPath, ...stewardCommand('src/cli/main'), 'plugin', 'create', 'asked'].join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, PLUGIN_DIR: root } })
  const answers = ['title:strng', 'title:string(10)', 'amount:integer?', '']
  let said = ''
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString()
    const asked = said.match(/(?:Column|just enter): /g)?.length ?? 0
    while (answers.length > 4 - asked) child.stdin.write(`${answers.shift()}\n`)
  })
  const [code] = (await once(child, 'close')) as [number | null]

  expect(said).toContain('there is no type "strng"')
  expect(code).toBe(0)
  expect(textOf('asked/model/thing.ts')).toMatch(
    /STRING\(10\)[^]*declare title: string\n[^]*declare amount: number \| null/,
  )
})

describe('plugin create refuses', () => {
  it('a folder that is there, and leaves it as it was', async () => {
    mkdirSync(join(root, 'once'))

    expect(await create('once')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already'),
    })
    expect(readdirSync(join(root, 'once'))).toEqual([])
  })

  it.each([
    ['a name that is none', ['Not A Name'], 'plugin.name: must be words of small letters'],
    ['a name of the core', ['admin'], 'plugin.name: is taken by the core'],
    ['a name whose words are those of the core', ['user'], 'word user.not_found belongs to core already'],
    ['a model of the core', ['data', '--table', 'rule'], 'model DataRule belongs to'],
    ['a wrong column', ['x', '--field', 'order:integer'], 'order is a keyword of SQL'],
  ])('%s with exit code 2, and leaves nothing behind', async (_what, words, reason) => {
    expect(await create(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) })
    expect(readdirSync(root)).toEqual([])
  })

  const wish = (fields: string[], more: Partial<Wish> = {}): Wish => ({ name: 'shelf', fields, ...more })
  const strings = (count: number, length: number) =>
    Array.from({ length: count }, (_, at) => `s${at}:string(${length})`)

  it.each<[string, Wish, string]>([
    ['no type', wish(['title']), 'must be NAME:TYPE'],
    ['an unknown type', wish(['title:varchar']), 'there is no type "varchar"; types are string, text'],
    ['no name', wish([':string']), 'must be words of small letters'],
    ['capitals', wish(['Title:string']), 'Title must be words of small letters'],
    ['odd characters', wish(['tit-le:string']), 'must be words of small letters'],
    ['letters of other languages', wish(['größe:string']), 'must be words of small letters'],
    ['a path', wish(['../x:string']), 'must be words of small letters'],
    ['a column that every table has', wish(['created_time:time']), 'is there in every table'],
    ['a column that every list has', wish(['page:integer']), 'is there in every table or list'],
    ['a keyword', wish(['select:string']), 'select is a keyword of SQL'],
    ['what a row can do', wish(['save:string']), 'save is taken by what every row can do'],
    ['what every object has', wish(['constructor:string']), 'constructor is taken by what every row'],
    ['a name too long', wish([`${'x'.repeat(33)}:string`]), 'has more than 32 characters'],
    ['a column twice', wish(['title:string', 'title:text']), 'Field "title" is there twice'],
    ['no characters', wish(['title:string(0)']), 'a string has 1 to 1000 characters'],
    ['too many characters', wish(['title:string(1001)']), 'a string has 1 to 1000 characters'],
    ['no number', wish(['title:string(x)']), 'a string has 1 to 1000 characters'],
    ['brackets where none are', wish(['pages:integer(4)']), 'integer has nothing in brackets'],
    ['no values', wish(['kind:enum']), '"" is no value of an enum'],
    ['an odd value', wish(["kind:enum(a,b'c)"]), '"b\'c" is no value of an enum'],
    ['a value twice', wish(['kind:enum(a,a)']), 'an enum has each value once'],
    ['an unknown mark', wish(['title:string:primary']), '"primary" is not known behind a type'],
    ['what cannot be unique', wish(['about:text:unique']), 'text cannot be unique'],
    ['what cannot have an index', wish(['more:json:index']), 'json cannot have an index'],
    ['an index too long', wish(['title:string(256):index']), 'has at most 255 characters'],
    ['too many columns', wish(strings(31, 1)), 'at most 30 fields'],
    ['too long a row', wish(strings(16, 1000)), 'at most 15000 characters together'],
    ['an odd table', wish(['a:text'], { entity: 'Book' }), 'Table "Book": it must be words'],
    ['a table too long', wish(['a:text'], { entity: 'x'.repeat(17) }), 'has more than 16 characters'],
    ['a type that is imported', wish(['a:text'], { name: 'data', entity: 'type' }), 'choose another --table'],
    [
      'an index whose name is cut',
      wish([`${'x'.repeat(32)}:string:index`], { name: 'a-rather-long-name-of-it' }),
      'the name of its index is too long',
    ],
  ])('%s', (_what, wrong, reason) => {
    expect(() => blueprintOf(wrong, new Date(0))).toThrow(reason)
  })
})
