import { PLUGIN_DIR } from './support/plugin-dir'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { database, reader } from '../../src/infra/database'
import { pluginCrud } from '../../src/plugin/crud/plugin'
import { answering, filesOf, form, manifestOf, rawZip, renamed, zipOf } from './support/made'
import { app, signInAdmin, stranger, useApp } from '#testing'

useApp({ plugins: 'all' })

jest.setTimeout(120_000)

const install = async (zip: Buffer, name?: string) =>
  (await signInAdmin()).post('/sys/plugins?type=zip', form(zip, name))
const remove = async (name: string) => (await signInAdmin()).delete(`/sys/plugins/${name}`)

const table = `import type { MigrationContext } from '#core'
export const up = ({ createTable, insert, types, required, base }: MigrationContext) =>
  createTable('shelf_book', { ...base.fixed, title: required(types.string(64)) }).then(() =>
    insert('sys_menu', [{ id: '2149629108257817001', title: 'shelf', name: 'Shelf', type: 1, sort: 0, status: 1,
      display: 1, cache: 1, link: '', path: '/plugins/shelf', component: '/plugins/shelf/views/index',
      created_time: new Date() }]))
export const down = ({ dropTable, remove }: MigrationContext) =>
  remove('sys_menu', { id: ['2149629108257817001'] }).then(() => dropTable('shelf_book'))
`

const tables = async () => JSON.stringify(await database().getQueryInterface().showAllTables())

describe('a plugin in an archive', () => {
  it('answers as soon as it is installed, and is gone without a trace when it is removed', async () => {
    const files = { 'index.ts': answering('shelf'), 'migrations/20261121-0900-create-book.ts': table }
    const zip = await zipOf('shelf', files)
    const before = await tables()

    expect(await install(zip, 'shelf-1.0.0.zip')).toSucceed()

    expect((await stranger().get('/made/shelf')).data).toBe('shelf')
    expect(await tables()).toContain('shelf_book')
    expect(await pluginCrud.first(reader(), { name: 'shelf' })).toMatchObject({
      source: 'zip',
      origin: 'shelf-1.0.0.zip',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await install(zip)).toFail(409, 'plugin.installed')

    expect(await remove('shelf')).toSucceed()

    expect((await stranger().get('/made/shelf')).status).toBe(404)
    expect(await tables()).toBe(before)
    expect(existsSync(path.join(PLUGIN_DIR, 'shelf'))).toBe(false)
    expect(readdirSync(PLUGIN_DIR)).toContainEqual(expect.stringMatching(/^shelf\.\d{14}\.backup\.zip$/))
    expect(await pluginCrud.first(reader(), { name: 'shelf' })).toBeNull()
  })

  it('is taken out again when it cannot work', async () => {
    const zip = await zipOf('broken', { 'index.ts': "throw new Error('I do not want to')" })

    expect(await install(zip)).toFail(400, 'plugin.invalid', { reason: 'I do not want to' })

    expect(existsSync(path.join(PLUGIN_DIR, 'broken'))).toBe(false)
    expect(app().plugins.get('broken')).toBeNull()
  })

  it('is taken only with the hash that is expected, where one is', async () => {
    const zip = await zipOf('hashed', { 'index.ts': answering('hashed') })
    const admin = await signInAdmin()
    const installed = async (hash: string) => admin.post(`/sys/plugins?type=zip&hash=${hash}`, form(zip))
    const [expected, wrong] = [`sha256-${'0'.repeat(64)}`, 'sha256-0']

    const refused = await installed(expected)
    const found = /sha256-(?!0{64})[0-9a-f]{64}/.exec(refused.msg)?.[0] ?? ''
    expect(refused).toFail(400, 'plugin.hash', { found, expected })
    expect((await installed(wrong)).data.errors[0].loc).toEqual(['query', 'hash'])
    expect(app().plugins.get('hashed')).toBeNull()
    expect(existsSync(path.join(PLUGIN_DIR, 'hashed'))).toBe(false)
    expect(readdirSync(path.join(String(process.env.DATA_DIR), 'staging'))).toEqual([])

    expect(await installed(found.toUpperCase().replace('SHA', 'sha'))).toSucceed()
    expect(await pluginCrud.first(reader(), { name: 'hashed' })).toMatchObject({
      hash: found.slice('sha256-'.length),
    })
    expect(await remove('hashed')).toSucceed()
  })

  it('stays while another one needs it', async () => {
    await install(await zipOf('base'))
    const manifest = manifestOf('upper', { requires: { steward: '>=0.1.0', plugins: { base: '^1.0.0' } } })
    await install(await zipOf('upper', { 'plugin.json': JSON.stringify(manifest) }))
    const admin = await signInAdmin()

    const others = { name: 'base', others: 'upper' }
    expect(await admin.delete('/sys/plugins/base')).toFail(409, 'plugin.needed', others)
    expect(await admin.put('/sys/plugins/base/status')).toFail(409, 'plugin.needed', others)

    expect(await remove('upper')).toSucceed()
    expect(await remove('base')).toSucceed()
  })
})

describe('an archive is refused', () => {
  const entries = (name: string, files = filesOf(name)): [string, string][] =>
    Object.entries(files).map(([file, text]) => [`${name}/${file}`, text])

  it('that is missing, or no archive', async () => {
    const admin = await signInAdmin()

    expect(await admin.post('/sys/plugins?type=zip', new FormData())).toFail(400, 'plugin.zip_empty')
    expect(await install(Buffer.from('hello'))).toFail(400, 'plugin.zip_format')
    expect(await install(await rawZip(entries('x')), '...zip')).toFail(400, 'plugin.zip_name')
  })

  it('that lacks what every plugin has', async () => {
    const rest = Object.fromEntries(Object.entries(filesOf('x')).filter(([file]) => file !== 'README.md'))

    expect(await install(await rawZip(entries('x', rest)))).toFail(400, 'plugin.zip_files')
  })

  it('that leads out of its folder', async () => {
    const zip = await rawZip([...entries('esc'), ['esc/aa/../../evil.ts'.replaceAll('..', 'bb'), 'x']])

    expect(await install(renamed(zip, 'esc/aa/bb/bb/evil.ts', 'esc/aa/../../evil.ts'))).toFail(
      400,
      'plugin.zip_content',
    )
    expect(await install(await rawZip([...entries('esc'), ['other/evil.ts', 'x']]))).toFail(
      400,
      'plugin.zip_content',
    )
    expect(readdirSync(PLUGIN_DIR).filter((name) => !name.endsWith('.zip'))).toEqual([])
  })

  it('that holds a link', async () => {
    const zip = await rawZip([...entries('link'), ['link/secret', '/etc/passwd', 0o120777]])

    expect(await install(zip)).toFail(400, 'plugin.zip_content')
  })

  it('in which two names are one on some disks, or one cannot be written', async () => {
    const twice = await rawZip([...entries('twin'), ['twin/Index.ts', 'x']])
    const odd = await rawZip([...entries('odd'), ['odd/a\nb.ts', 'x']])

    expect(await install(twice)).toFail(400, 'plugin.zip_content')
    expect(await install(odd)).toFail(400, 'plugin.zip_content')
  })

  it('that is a bomb', async () => {
    const bomb = await rawZip([...entries('bomb'), ['bomb/zeros', Buffer.alloc(11 * 1024 * 1024)]])
    expect(bomb.length).toBeLessThan(100_000)

    expect(await install(bomb)).toFail(400, 'plugin.zip_too_large')
  })

  it('whose manifest is wrong, naming the key and the rule', async () => {
    const wrong = manifestOf('bad')
    const text = JSON.stringify({ ...wrong, plugin: { ...wrong.plugin, version: '1.0' } })

    const answer = await install(await zipOf('bad', { 'plugin.json': text }))

    expect(answer).toFail(400, 'plugin.invalid', {
      reason: 'plugin.version: must be three numbers, like "1.0.0", not "1.0"',
    })
  })
})

describe('a repository is refused', () => {
  const git = async (url: string) =>
    (await signInAdmin()).post(`/sys/plugins?type=git&repo_url=${encodeURIComponent(url)}`)

  it('without an address, or with one of another kind', async () => {
    expect(await git('')).toFail(400, 'plugin.git_empty')
    for (const url of ['ssh://host/a/b', 'file:///etc/passwd', 'https://user:pw@host/a/b', 'http://host/'])
      expect(await git(url)).toFail(400, 'plugin.git_url')
  })

  it('that lies inside the own network', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.1.2.3', '0x7f000001'])
      expect(await git(`http://${host}/a/plugin.git`)).toFail(400, 'plugin.git_address')
  })
})
