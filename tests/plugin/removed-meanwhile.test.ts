import '../support/matchers'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { database } from '../../src/infra/database'
import { withMigrationLock } from '../../src/infra/migration-lock'
import { Client } from '../support/client'
import { ask, inDatabaseOf } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { kept } from './support/kept'
import { form, manifestOf, write, zipOf, type Files } from './support/made'

jest.setTimeout(180_000)

let home: Record<string, string>
let web: StewardProcess
let scheduler: StewardProcess
let admin: Client

beforeEach(async () => {
  const fresh = await freshHome()
  const PLUGIN_DIR = path.join(String(fresh.DATA_DIR), 'plugins')
  home = { ...fresh, PLUGIN_DIR, PLUGIN_REQUIRED: '[]', ADMIN_PASSWORD: 'first-passw0rd' }
  web = await StewardProcess.start({ ...home, ROLES: 'web' })
  scheduler = await StewardProcess.start({ ...home, ROLES: 'scheduler' })
  const login = { username: 'admin', password: 'first-passw0rd' }
  const { data } = await new Client(web.address).post('/auth/login', login)
  admin = new Client(web.address, data.access_token)
})
afterEach(async () => {
  await scheduler.stop()
  await web.stop()
})

const STANDS_STILL = `const loaded = Date.now()
let stands = process.env.ROLES === 'scheduler'
function standStill() {
  if (stands) process.kill(process.pid, 'SIGSTOP')
  stands = false
}`

/** Only when everything else is quiet: nobody is to stand still with the database in hand. */
const SEEDED = `if (stands && Date.now() < loaded + 2000) return undefined
  if (new Error().stack?.includes('Seeder.seed')) standStill()`

/** @param standing where the process of the scheduler stands still once, until it is told to go on */
const late = (name: string, standing: { loaded?: boolean; seeded?: boolean } = {}): Files => ({
  'migrations/20261121-0900-create-row.ts': `import type { MigrationContext } from '#core'
${standing.loaded ? STANDS_STILL + '\nstandStill()' : ''}
export async function up({ createTable, insert, base }: MigrationContext) {
  await createTable('${name}_row', { ...base.fixed })
  await insert('sys_menu', [{ id: '2149629108257819001', title: '${name}', name: 'Late', type: 1, sort: 0, status: 1,
    display: 1, cache: 1, link: '', path: '/late', component: '/late', created_time: new Date() }])
}
export async function down({ dropTable, remove }: MigrationContext) {
  await remove('sys_menu', { id: ['2149629108257819001'] })
  await dropTable('${name}_row')
}
`,
  'index.ts': `import { module, runs, task, z } from '#core'
${STANDS_STILL}
const work = task({ name: '${name}.work', title: '${name}', payload: z.object({}), get cron() {
  ${standing.seeded ? SEEDED : ''}
  return '0 3 * * *'
} })
export default module({ name: '${name}', tasks: [runs(work, () => Promise.resolve())] })
`,
})

const install = async (name: string, files: Files) =>
  expect(await admin.post('/sys/plugins?type=zip', form(await zipOf(name, files)))).toSucceed()

const standsStill = () =>
  execFileSync('ps', ['-o', 'state=', '-p', String(scheduler.child.pid)])
    .toString()
    .startsWith('T')

const schedulesOf = async (task: string) =>
  (await admin.get('/schedulers?size=200')).data.items.filter((row: { task: string }) => row.task === task)

/** How many rows and tables there are of a plugin. */
const traces = (name: string) =>
  inDatabaseOf(home, async () => {
    const count = async (table: string, where: string) =>
      (await ask(`SELECT * FROM ${table} WHERE ${where}`)).length
    return {
      table: await database().getQueryInterface().tableExists(`${name}_row`),
      menus: await count('sys_menu', `title = '${name}'`),
      schedules: await count('task_scheduler', `task = '${name}.work'`),
      seeded: await count('task_seeded', `task = '${name}.work'`),
      migrations: await count('sys_migration', `name LIKE '${name}/%'`),
      plugins: await count('sys_plugin', `name = '${name}'`),
    }
  })

it.each([
  ['has loaded its migrations', { loaded: true }],
  ['is about to make its schedules', { seeded: true }],
])(
  'a plugin that is removed while a process stands still that %s comes to an end without a trace',
  async (_what, standing) => {
    await install('late', late('late', standing))
    await until('the scheduler stands still', standsStill)

    expect(await admin.delete('/sys/plugins/late')).toSucceed()
    scheduler.child.kill('SIGCONT')

    // Who looks after the schedules of another one has ended what was begun before.
    await install('next', late('next'))
    await until('the next one has its schedule', async () => (await schedulesOf('next.work')).length === 1)
    expect(await traces('late')).toEqual({
      ...{ table: false, menus: 0, schedules: 0 },
      ...{ seeded: 0, migrations: 0, plugins: 0 },
    })
    expect(existsSync(path.join(String(home.PLUGIN_DIR), 'late'))).toBe(false)
  },
)

const infoOf = async (name: string) =>
  (await admin.get('/sys/plugins')).data.find((one: { plugin: { name: string } }) => one.plugin.name === name)
    ?.plugin

const isSwitchedOff = async () =>
  (await ask<{ is_enabled: unknown }>("SELECT is_enabled FROM sys_plugin WHERE name = 'late'")).some(
    ({ is_enabled: isOn }) => !isOn,
  )

it('a plugin that is switched off while it waits for its migrations is off, and not one that failed', async () => {
  let answer: Promise<unknown> = Promise.resolve()
  await inDatabaseOf(home, () =>
    withMigrationLock(database(), async () => {
      write(String(home.PLUGIN_DIR), 'late', late('late'))
      await until('it is loaded', async () => (await infoOf('late')) !== undefined)
      answer = admin.put('/sys/plugins/late/status')
      await until('it is switched off', isSwitchedOff)
    }),
  )

  expect(await answer).toSucceed()
  expect(await infoOf('late')).toMatchObject({ state: 'off', reason: null })
  expect(await admin.put('/sys/plugins/late/status')).toSucceed()
  expect(await infoOf('late')).toMatchObject({ state: 'on', reason: null })
})

/** Begins something that waits for its migrations, and asks for a removal meanwhile. @returns what that answers */
async function removedDuring(name: string, begin: () => Promise<unknown>, hasBegun: () => boolean) {
  let begun: Promise<unknown> = Promise.resolve()
  let removal: Promise<unknown> = Promise.resolve()
  await inDatabaseOf(home, () =>
    withMigrationLock(database(), async () => {
      begun = begin()
      await until('it is under way', async () => hasBegun())
      removal = admin.delete(`/sys/plugins/${name}`)
      // Whoever asks later is answered later.
      await admin.get('/sys/plugins')
    }),
  )
  expect(await begun).toSucceed()
  return removal
}

it('a removal that is asked for while an upgrade is under way takes out what the newer version brought, too', async () => {
  await install('kept', kept(0))
  const zip = form(await zipOf('kept', kept(1)))
  const isOnTrial = () => existsSync(path.join(String(home.PLUGIN_DIR), '.kept.old'))

  expect(
    await removedDuring('kept', () => admin.put('/sys/plugins/kept?type=zip', zip), isOnTrial),
  ).toSucceed()

  expect(await traces('kept')).toMatchObject({ table: false, menus: 0, migrations: 0, plugins: 0 })
})

it('a removal that is asked for while somebody is installed who needs it is refused', async () => {
  await install('base', {})
  const manifest = manifestOf('late', { requires: { steward: '>=0.1.0', plugins: { base: '*' } } })
  const zip = form(await zipOf('late', { ...late('late'), 'plugin.json': JSON.stringify(manifest) }))
  const isThere = () => existsSync(path.join(String(home.PLUGIN_DIR), 'late'))

  const answer = await removedDuring('base', () => admin.post('/sys/plugins?type=zip', zip), isThere)

  expect(answer).toFail(409, 'plugin.needed', { name: 'base', others: 'late' })
})
