import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import path from 'node:path'
import type { Module } from '../../src/core/module'
import { database } from '../../src/infra/database'
import { signIn, stranger, useApp } from '#testing'

const root = path.resolve(__dirname, '../..')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

/** The example has to lie inside the project for `#core` to be found. */
function loadExample(): Module {
  const folder = mkdtempSync(path.join(__dirname, 'readme-example-'))
  try {
    writeFileSync(path.join(folder, 'note.ts'), example)
    return jest.requireActual<{ default: Module }>(path.join(folder, 'note.ts')).default
  } finally {
    rmSync(folder, { recursive: true })
  }
}

useApp(loadExample())

describe('the example of the README', () => {
  beforeAll(() => database().models['Note']?.sync())
  afterAll(() => database().getQueryInterface().dropTable('note_note'))

  it('makes a note for somebody with the code', async () => {
    const author = await signIn({ can: ['note:add'] })

    const answer = await author.post('/notes', { title: 'Water the plants' })

    expect(answer).toSucceed()
    expect(Object.keys(answer.data).sort()).toEqual(['created_time', 'id', 'title'])
    expect(await author.post('/notes', { title: 'Water the plants' })).toFail(409, 'request.conflict')
  })

  it('refuses everybody else', async () => {
    expect(await stranger().post('/notes', { title: 'x' })).toFail(401, 'auth.not_authenticated')
    expect(await (await signIn()).post('/notes', { title: 'x' })).toFail(403, 'auth.permission_denied')
  })

  it('has at most sixty lines', () => {
    expect(example.split('\n').length).toBeLessThanOrEqual(60)
  })
})

describe('the README', () => {
  it('names only rooms, pages and scripts that are there', () => {
    const named = [
      ...readme.matchAll(
        /`((?:src|scripts|docs|plugins|migrations|locales|sql|static|tests|bench)[\w/.-]*)`|\]\(([\w/.-]+\.md)\)/g,
      ),
    ]
    const missing = named
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((name) => !existsSync(path.join(root, name)))

    expect(named.length).toBeGreaterThan(10)
    expect(missing).toEqual([])
  })

  it('runs its commands in other tests: each names a script with help', () => {
    const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) =>
      (match[1] ?? '').trim().split('\n'),
    )

    expect(commands).toEqual(['scripts/start', 'scripts/test'])
    expect(readdirSync(path.join(root, 'scripts'))).toEqual(expect.arrayContaining(['start', 'test']))
  })
})
