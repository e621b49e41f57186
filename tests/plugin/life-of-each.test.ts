import '../support/matchers'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from '../../src/plugin/archive'
import { loadCode } from '../../src/plugin/code'
import { lookAt, type Found } from '../../src/plugin/discover'
import { requirementsOf } from '../../src/plugin/manifest'
import { receiptOf } from '../../src/plugin/receipt'
import { Client } from '../support/client'
import { ask, dumpOf, inDatabaseOf, type Dump } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { openTestRedis, until } from '../support/redis'
import type Redis from 'ioredis'
import { closeRedis } from '../../src/infra/redis'
import { StewardProcess } from '../support/steward-process'
import { database } from '../../src/infra/database'
import { form } from './support/made'

jest.setTimeout(180_000)

const PLUGINS = path.resolve(__dirname, '../../plugins')

/** Those that come with Steward, and one that has everything a plugin can have. */
const FOLDERS = new Map([
  ...readdirSync(PLUGINS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
    .map(({ name }) => [name, path.join(PLUGINS, name)] as const),
  ['memo', path.join(__dirname, 'fixture/memo')] as const,
])

let home: Record<string, string>
let redis: Redis
let server: StewardProcess
let admin: Client
let found: Map<string, Found>

/** A server that starts without plugins. Schedules of the core are switched off: their ticks have nothing to do with plugins. */
beforeAll(async () => {
  // Inside the project, where the plugins that come with Steward find its packages.
  const PLUGIN_DIR = mkdtempSync(path.join(PLUGINS, '_life-'))
  home = { ...(await freshHome()), PLUGIN_DIR, PLUGIN_REQUIRED: '[]' }
  redis = await openTestRedis()
  found = new Map((await Promise.all([...FOLDERS.values()].map(lookAt))).map((one) => [one.name, one]))
  server = await StewardProcess.start({ ...home, ADMIN_PASSWORD: 'first-passw0rd' })
  const api = new Client(server.address)
  const { data } = await api.post('/auth/login', { username: 'admin', password: 'first-passw0rd' })
  admin = new Client(server.address, data.access_token)
  for (const { id, enabled } of (await admin.get('/schedulers?size=200')).data.items)
    if (enabled) await admin.put(`/schedulers/${id}/status`)
})
afterAll(async () => {
  await server?.stop()
  await closeRedis()
  rmSync(String(home.PLUGIN_DIR), { recursive: true, force: true })
})

const folderOf = (name: string) => path.join(String(home.PLUGIN_DIR), name)
const zipOf = async (name: string) => buffer(await pack(name, FOLDERS.get(name) ?? ''))
const install = async (name: string) =>
  admin.post('/sys/plugins?type=zip', form(await zipOf(name), `${name}.zip`))
const remove = (name: string) => admin.delete(`/sys/plugins/${name}`)
const toggle = (name: string) => admin.put(`/sys/plugins/${name}/status`)

async function infoOf(name: string) {
  const { data } = await admin.get('/sys/plugins')
  return data.find((one: { plugin: { name: string } }) => one.plugin.name === name)?.plugin ?? null
}

/** Everything that it needs, in an order in which it can be installed. */
function neededBy(name: string): string[] {
  const manifest = found.get(name)?.manifest
  const direct = manifest ? [...requirementsOf(manifest).keys()] : []
  return [...new Set(direct.flatMap((other) => [...neededBy(other), other]))]
}

/** The same, and where operators keep settings. */
const surroundingsOf = (name: string): string[] =>
  name === 'config' ? [] : [...new Set(['config', ...neededBy(name)])]

async function loaded(name: string) {
  const one = await lookAt(folderOf(name))
  if (!one.manifest) throw new Error(one.problems.join())
  return { ...one, manifest: one.manifest }
}

/** What operators keep for its settings, in a group of its own with its switch; some keys may be kept already. */
async function keepSettings(name: string): Promise<void> {
  const { module } = await loadCode(await loaded(name))
  const type = name.toUpperCase().replaceAll('-', '_')
  const declared = Object.entries(module.settings?.settings ?? {})
  const values = declared.map(([key, { example }]) => [key, example] as const)
  for (const [key, value] of declared.length > 0 ? [...values, [`${type}_CONFIG_STATUS`, '1']] : []) {
    const row = { name: `${name} setting`, type, key, value, is_frontend: false, remark: null }
    expect([200, 409]).toContain((await admin.post('/sys/configs', row)).status)
  }
}

const ROW = `import type { MigrationContext } from '#core'
export const up = (ctx: MigrationContext) => ctx.createTable('NAME_upgraded', { ...ctx.base.fixed })
export const down = (ctx: MigrationContext) => ctx.dropTable('NAME_upgraded')
`

/** The next version as it comes with a release: another number and one more migration. */
async function upgrade(name: string): Promise<void> {
  const next = path.join(String(home.DATA_DIR), 'next', name)
  cpSync(folderOf(name), next, { recursive: true })
  const manifest = JSON.parse(readFileSync(path.join(next, 'plugin.json'), 'utf8'))
  manifest.plugin.version = '99.0.0'
  const step = path.join(next, 'migrations', '20991231-2359-upgrade.ts')
  mkdirSync(path.dirname(step), { recursive: true })
  writeFileSync(step, ROW.replaceAll('NAME', name.replaceAll('-', '_')))
  writeFileSync(path.join(next, 'plugin.json'), JSON.stringify(manifest))
  cpSync(next, folderOf(name), { recursive: true })
  await redis.publish('fba:plugin:news', '') // or it is noticed a few seconds later
  await until(`${name} is upgraded`, async () => (await infoOf(name))?.version === '99.0.0')
}

/** What people do with a plugin and what is kept of it in tables that are not its own. */
async function use(name: string, before: Dump): Promise<void> {
  const role = { name: `uses ${name}`, status: 1, is_filter_scopes: false }
  expect(await admin.post('/sys/roles', role)).toSucceed()
  await inDatabaseOf(home, async () => {
    const known = new Set((before['sys_menu'] ?? []).map((row) => JSON.parse(row).id as string))
    const menus = (await ask<{ id: string }>('SELECT id FROM sys_menu')).filter(({ id }) => !known.has(id))
    const [{ id: role_id } = { id: '' }] = await ask<{ id: string }>(
      `SELECT id FROM sys_role WHERE name = 'uses ${name}'`,
    )
    for (const { id: menu_id } of menus)
      await database()
        .getQueryInterface()
        .bulkInsert('sys_role_menu', [{ id: menu_id, role_id, menu_id }])
  })
  if (name !== 'config') await keepSettings(name)
  const day = { from: '2026-11-19 00:00:00', to: '2026-11-20 00:00:00' }
  const { data } = await admin.get('/schedulers?size=200')
  for (const { id } of data.items) {
    if (before['task_scheduler']?.some((row) => row.includes(id))) continue
    expect(await admin.post(`/schedulers/${id}/backfill`, day)).toSucceed()
    await until('the task has run', async () => (await admin.get(`/schedulers/${id}/ticks`)).data.total > 0)
  }
  // The backfill itself is a task of the core, whose result stays.
  await until('all tasks have ended', async () => {
    const { data: results } = await admin.get('/task-results?size=200')
    return results.items.every((one: { status: string }) => ['SUCCESS', 'FAILURE'].includes(one.status))
  })
  await inDatabaseOf(home, async () => {
    const qi = database().getQueryInterface()
    const mine = await ask<{ id: string }>("SELECT id FROM task_result WHERE name LIKE 'task.%'")
    for (const table of ['task_term', 'task_result'])
      if (mine.length > 0) await qi.bulkDelete(table, { id: mine.map(({ id }) => id) })
  })
}

/** How many rows of each table there are in one dump and not in the other; tables that are only in the first, by name. */
function missing(before: Dump, after: Dump): { tables: string[]; rows: Record<string, number> } {
  const keyOf = (row: string) => String(JSON.parse(row).id ?? JSON.parse(row).name)
  const rows = Object.entries(after)
    .filter(([table]) => table !== 'structure')
    .map(([table, left]) => {
      const keys = new Set(left.map(keyOf))
      return [table, (before[table] ?? []).filter((row) => !keys.has(keyOf(row))).length] as const
    })
  return {
    tables: Object.keys(before).filter((table) => !(table in after)),
    rows: Object.fromEntries(rows.filter(([, count]) => count > 0)),
  }
}

/** The same as it is foretold. */
async function foretold(name: string) {
  const one = await loaded(name)
  return inDatabaseOf(home, () => receiptOf(one))
}

/** A scheduler that looks makes what its tasks bring along; until then the database still changes by itself. */
async function whenItsSchedulesAreThere(name: string): Promise<void> {
  const { module } = await loadCode(await loaded(name))
  const wanted = (module.tasks ?? []).filter(({ task }) => task.cron !== undefined || task.schedule)
  await until(`the schedules of ${name} are there`, async () => {
    const { data } = await admin.get('/schedulers?size=200')
    const there = new Set(data.items.map((row: { task: string }) => row.task))
    return wanted.every(({ task }) => there.has(task.name))
  })
}

/** The role that was made to use it goes with whoever made it. */
async function forgetRole(name: string): Promise<void> {
  const { data } = await admin.get(`/sys/roles?name=${encodeURIComponent(`uses ${name}`)}`)
  expect(
    await admin.delete('/sys/roles', { pks: data.items.map((one: { id: string }) => one.id) }),
  ).toMatchObject({
    code: 200,
  })
}

it.each([...FOLDERS.keys()])(
  '%s lives through everything and leaves the database as it found it',
  async (name) => {
    const needed = surroundingsOf(name)
    for (const other of needed) expect(await install(other)).toSucceed()
    const before = await dumpOf(home)

    expect(await install(name)).toSucceed()
    expect(await dumpOf(home)).not.toEqual(before)
    await upgrade(name)
    await whenItsSchedulesAreThere(name)
    await use(name, before)
    expect(await toggle(name)).toSucceed()
    expect(await infoOf(name)).toMatchObject({ state: 'off', reason: null })
    expect(await toggle(name)).toSucceed()
    expect(await infoOf(name)).toMatchObject({ state: 'on', reason: null })
    const plan = await foretold(name)
    const used = await dumpOf(home)
    expect(await remove(name)).toSucceed()
    const gone = missing(used, await dumpOf(home))
    expect(gone.tables.sort()).toEqual([...plan.tables].sort())
    const put = Object.entries(plan.rows).map(([table, ids]) => [table, ids.length])
    expect(gone.rows).toEqual({ ...Object.fromEntries(put), ...plan.gathered })
    await forgetRole(name)

    expect(await dumpOf(home)).toEqual(before)

    expect(await install(name)).toSucceed()
    expect(await infoOf(name)).toMatchObject({ state: 'on', reason: null })
    await whenItsSchedulesAreThere(name)
    expect(await remove(name)).toSucceed()
    expect(await dumpOf(home)).toEqual(before)
    for (const other of needed.reverse()) expect(await remove(other)).toSucceed()
  },
)

/** What is known of plugins themselves says when they came, and how long that took. */
const rest = (dump: Dump): Dump => ({ ...dump, sys_plugin: [] })

it('memo, removed with its data kept, finds everything again when it is installed', async () => {
  expect(await install('config')).toSucceed()
  const before = await dumpOf(home)
  expect(await install('memo')).toSucceed()
  await whenItsSchedulesAreThere('memo')
  await use('memo', before)
  for (const title of ['one', 'two']) expect(await admin.post('/memos', { title })).toSucceed()
  const used = await dumpOf(home)
  expect(used['sys_config']).toContainEqual(expect.stringContaining('MEMO_MAX'))

  expect(await admin.delete('/sys/plugins/memo?keep_data=true')).toSucceed()
  expect(rest(await dumpOf(home))).toEqual(rest(used))
  expect(await infoOf('memo')).toBeNull()
  expect(await install('memo')).toSucceed()

  expect(rest(await dumpOf(home))).toEqual(rest(used))
  expect(await infoOf('memo')).toMatchObject({ state: 'on', reason: null })
  expect((await admin.get('/memos')).data).toHaveLength(2)
  expect(await remove('memo')).toSucceed()
  await forgetRole('memo')
  expect(await dumpOf(home)).toEqual(before)
  expect(await remove('config')).toSucceed()
})

it('what config brings for a plugin that came before it stays when that one is removed', async () => {
  expect(await install('email')).toSucceed()
  expect(await install('config')).toSucceed()
  const { sys_config: brought } = await dumpOf(home)
  expect(brought).toContainEqual(expect.stringContaining('EMAIL_HOST'))

  expect(await remove('email')).toSucceed()

  expect((await dumpOf(home))['sys_config']).toEqual(brought)
  expect(await remove('config')).toSucceed()
})

it('every removal leaves an archive, however soon it follows the one before', async () => {
  const archives = () =>
    readdirSync(String(home.PLUGIN_DIR)).filter((file) => /^dict\.\d{14}(-\d)?\.backup\.zip$/.test(file))
      .length
  const before = archives()

  for (let time = 0; time < 3; time += 1) {
    expect(await install('dict')).toSucceed()
    expect(await remove('dict')).toSucceed()
  }

  expect(archives()).toBe(before + 3)
})
