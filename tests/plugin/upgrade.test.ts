import { PLUGIN_DIR } from './support/plugin-dir'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { database, reader } from '../../src/infra/database'
import { appliedMigrations } from '../../src/infra/migrator'
import { pluginCrud } from '../../src/plugin/crud/plugin'
import { form, manifestOf, zipOf, type Files } from './support/made'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { Client, signInAdmin, tokenOf, useApp } from '#testing'

useApp()

jest.setTimeout(120_000)

/** Jest keeps every file it has loaded; a server by itself loads newer ones. */
let server: StewardProcess
let admin: Client
beforeAll(async () => {
  server = await StewardProcess.start({ PLUGIN_DIR })
  admin = new Client(server.address, await tokenOf((await signInAdmin()).user))
})
afterAll(() => server.stop())

const versioned = (version: string, needs: Record<string, string> = {}) => {
  const manifest = manifestOf('crate', { requires: { steward: '>=0.1.0', plugins: needs } })
  return JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version } })
}

/** @param start what it does when it starts */
const saying = (words: string, start = '') => `import { data, module, route, z } from '#core'
const ask = route({ method: 'get', path: '/made/crate', title: 'Ask', access: 'public',
  reply: data(z.string()), handle: () => '${words}' })
export default module({ name: 'crate', routes: [ask], ${start} })
`
const making = (table: string) => `import type { MigrationContext } from '#core'
export const up = ({ createTable, base }: MigrationContext) => createTable('${table}', { ...base.fixed })
export const down = ({ dropTable }: MigrationContext) => dropTable('${table}')
`
const first: Files = { 'migrations/20261121-0900-make-box.ts': making('crate_box') }
const second: Files = { ...first, 'migrations/20261122-0900-make-lid.ts': making('crate_lid') }

const zipped = async (version: string, files: Files) =>
  form(await zipOf('crate', { 'plugin.json': versioned(version), ...files }))
const upgrade = async (version: string, files: Files) =>
  admin.put('/sys/plugins/crate?type=zip', await zipped(version, files))
const answer = async () => (await admin.get('/made/crate')).data
const tables = async () => {
  const all: unknown[] = await database().getQueryInterface().showAllTables()
  return all
    .map((table) => JSON.stringify(table))
    .sort()
    .join()
}

beforeEach(async () => {
  const files = { ...first, 'index.ts': saying('one') }
  await admin.post('/sys/plugins?type=zip', await zipped('1.0.0', files))
})
afterEach(async () => {
  await admin.delete('/sys/plugins/crate')
})

it('a newer version takes the place of a plugin, with its migrations; the older is kept as an archive', async () => {
  expect(await upgrade('1.1.0', { ...second, 'index.ts': saying('two') })).toSucceed()

  expect(await answer()).toBe('two')
  expect(await tables()).toContain('crate_lid')
  expect(await pluginCrud.first(reader(), { name: 'crate' })).toMatchObject({ version: '1.1.0', state: 'on' })
  expect(readdirSync(PLUGIN_DIR)).toContainEqual(expect.stringMatching(/^crate\.\d{14}\.backup\.zip$/))
})

it.each([
  ['does not start', saying('two', "start: () => Promise.reject(new Error('not today'))"), 'not today'],
  ['cannot be loaded', "throw new Error('not at all')", 'not at all'],
])(
  'one that %s leaves the older version at work, and the tables as they were',
  async (_what, index, reason) => {
    const before = { tables: await tables(), migrations: await appliedMigrations() }

    const refused = await upgrade('1.1.0', { ...second, 'index.ts': index })

    expect(refused).toFail(400, 'plugin.invalid', { reason })
    expect(await answer()).toBe('one')
    expect({ tables: await tables(), migrations: await appliedMigrations() }).toEqual(before)
    expect(await pluginCrud.first(reader(), { name: 'crate' })).toMatchObject({
      version: '1.0.0',
      state: 'on',
    })
    expect(readdirSync(PLUGIN_DIR).filter((name) => name.startsWith('.'))).toEqual([])
  },
)

describe('going back', () => {
  const rollBack = () => admin.post('/sys/plugins/crate/rollback')
  const state = async () => ({ tables: await tables(), migrations: await appliedMigrations() })

  it('leads to the version before the upgrade, with its tables, and forward again', async () => {
    const before = await state()
    await upgrade('1.1.0', { ...second, 'index.ts': saying('two') })
    const after = await state()

    expect(await rollBack()).toSucceed()

    expect(await answer()).toBe('one')
    expect(await state()).toEqual(before)
    expect(await pluginCrud.first(reader(), { name: 'crate' })).toMatchObject({
      version: '1.0.0',
      state: 'on',
    })
    expect(readdirSync(PLUGIN_DIR).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await upgrade('1.1.0', { ...second, 'index.ts': saying('two') })).toSucceed()
    expect(await answer()).toBe('two')
    expect(await state()).toEqual(after)
  })

  it('leads from a version that was set aside after its upgrade', async () => {
    await upgrade('1.1.0', { ...second, 'index.ts': saying('two') })
    rmSync(path.join(PLUGIN_DIR, 'crate/plugin.json'))
    await until('it is set aside', async () => (await admin.get('/made/crate')).status === 404)

    expect(await rollBack()).toSucceed()

    expect(await answer()).toBe('one')
    expect(await tables()).not.toContain('crate_lid')
  })

  it('leaves everything as it is where the version before cannot work any more', async () => {
    await upgrade('1.1.0', { ...second, 'index.ts': saying('two') })
    const kept = readdirSync(PLUGIN_DIR).filter((name) => /^crate\..*zip$/.test(name))
    const broken = await zipOf('crate', { ...first, 'index.ts': "throw new Error('no more')" })
    for (const name of kept) writeFileSync(path.join(PLUGIN_DIR, name), broken)
    const before = await state()

    expect(await rollBack()).toFail(400, 'plugin.invalid', { reason: 'no more' })

    expect(await answer()).toBe('two')
    expect(await state()).toEqual(before)
    expect(readdirSync(PLUGIN_DIR).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('finds nothing of an installation that was removed, however soon the next one follows', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(await admin.delete('/sys/plugins/crate')).toSucceed()
      const version = `2.0.${time}`
      const files = { ...first, 'index.ts': saying('two') }
      expect(await admin.post('/sys/plugins?type=zip', await zipped(version, files))).toSucceed()

      expect(await rollBack()).toFail(409, 'plugin.no_former', { name: 'crate', version })
    }
  })

  it('is refused where there is nothing to go back to, or others need the newer version', async () => {
    const params = { name: 'crate', version: '1.0.0' }
    expect(await rollBack()).toFail(409, 'plugin.no_former', params)
    expect(await admin.post('/sys/plugins/nobody/rollback')).toFail(404, 'plugin.not_found')
    await upgrade('1.1.0', second)
    const lid = manifestOf('lid', { requires: { steward: '>=0.1.0', plugins: { crate: '^1.1.0' } } })
    await admin.post(
      '/sys/plugins?type=zip',
      form(await zipOf('lid', { 'plugin.json': JSON.stringify(lid) })),
    )

    const refusal = { name: 'crate', version: '1.0.0', other: 'lid', range: '^1.1.0' }
    expect(await rollBack()).toFail(409, 'plugin.needed_version', refusal)

    await admin.delete('/sys/plugins/lid')
  })
})

it('one that is not newer, is another plugin, or does not suit those that need it is refused', async () => {
  const params = { name: 'crate', version: '1.0.0', there: '1.0.0' }
  expect(await upgrade('1.0.0', first)).toFail(409, 'plugin.not_newer', params)
  const other = await admin.put('/sys/plugins/crate?type=zip', form(await zipOf('barrel')))
  expect(other).toFail(400, 'plugin.other', { name: 'crate', other: 'barrel' })
  expect((await admin.put('/sys/plugins/nobody?type=zip', form(await zipOf('nobody')))).status).toBe(404)
  const lid = manifestOf('lid', { requires: { steward: '>=0.1.0', plugins: { crate: '^1.0.0' } } })
  const needing = await zipOf('lid', { 'plugin.json': JSON.stringify(lid) })
  expect(await admin.post('/sys/plugins?type=zip', form(needing))).toSucceed()

  const refusal = { name: 'crate', version: '2.0.0', other: 'lid', range: '^1.0.0' }
  expect(await upgrade('2.0.0', first)).toFail(409, 'plugin.needed_version', refusal)

  await admin.delete('/sys/plugins/lid')
})

it('a plugin that fails at its first start leaves no table behind', async () => {
  await admin.delete('/sys/plugins/crate')
  const before = await tables()
  const broken = { ...first, 'index.ts': saying('one', "start: () => Promise.reject(new Error('no'))") }

  const refused = await admin.post('/sys/plugins?type=zip', await zipped('1.0.0', broken))

  expect(refused).toFail(400, 'plugin.invalid', { reason: 'no' })
  expect(await tables()).toBe(before)
})

it('removed with its data kept, it finds everything again', async () => {
  const qi = database().getQueryInterface()
  await qi.bulkInsert('crate_box', [{ id: '7', created_time: new Date() }])

  expect(await admin.delete('/sys/plugins/crate?keep_data=true')).toSucceed()
  expect(await tables()).toContain('crate_box')
  await admin.post('/sys/plugins?type=zip', await zipped('1.0.0', { ...first, 'index.ts': saying('back') }))

  expect(await answer()).toBe('back')
  expect((await qi.select(null, 'crate_box', {})).length).toBe(1)
})
