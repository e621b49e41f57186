import '../support/matchers'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { database } from '../../src/infra/database'
import { steward } from '../support/cli'
import { Client } from '../support/client'
import { ask, dumpOf, inDatabaseOf, type Dump } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { form, manifestOf, write, zipOf, type Files } from './support/made'

jest.setTimeout(180_000)

let home: Record<string, string>
let root: string
let server: StewardProcess
let admin: Client
let before: Dump

/** Ticks of the core's schedules have nothing to do with plugins. */
beforeAll(async () => {
  const fresh = await freshHome()
  root = path.join(String(fresh.DATA_DIR), 'plugins')
  home = { ...fresh, PLUGIN_DIR: root, PLUGIN_REQUIRED: '[]' }
  server = await StewardProcess.start({ ...home, ADMIN_PASSWORD: 'first-passw0rd' })
  const login = { username: 'admin', password: 'first-passw0rd' }
  const { data } = await new Client(server.address).post('/auth/login', login)
  admin = new Client(server.address, data.access_token)
  for (const { id, enabled } of (await admin.get('/schedulers?size=200')).data.items)
    if (enabled) await admin.put(`/schedulers/${id}/status`)
  expect(await admin.post('/sys/roles', { name: 'clerk', status: 1, is_filter_scopes: false })).toSucceed()
})
afterAll(() => server.stop())

const MENU = '2149629108257820001'

/** @param more what comes before it does anything */
const migration = (more = '') => `import type { MigrationContext } from '#core'
${more}
export async function up({ createTable, insert, base }: MigrationContext) {
  await createTable('frail_row', { ...base.fixed })
  await insert('sys_menu', [{ id: '${MENU}', title: 'frail', name: 'Frail', type: 1, sort: 0, status: 1, display: 1,
    cache: 1, link: '', path: '/frail', component: '/frail', created_time: new Date() }])
}
export async function down({ dropTable, remove }: MigrationContext) {
  await remove('sys_menu', { id: ['${MENU}'] })
  await dropTable('frail_row')
}
`
const FIRST = 'migrations/20261121-0900-create-row.ts'

const index = (parts = '', more = '') => `import { module, nothing, route, runs, task, z } from '#core'
${more}
const work = task({ name: 'of-frail.work', title: 'Work', payload: z.object({}), cron: '0 3 * * *' })
const fail = route({ method: 'post', path: '/frail', title: 'Fail', access: 'super_user', reply: nothing(),
  handle: () => void setImmediate(() => { throw new Error('left alone') }) })
export default module({ name: 'frail', routes: [fail], tasks: [runs(work, () => Promise.resolve())], ${parts} })
`

const frail = (version: string, files: Files = {}): Files => {
  const manifest = manifestOf('frail')
  return {
    'plugin.json': JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version } }),
    'index.ts': index(),
    [FIRST]: migration(),
    ...files,
  }
}

const infoOf = async () =>
  (await admin.get('/sys/plugins')).data.find(
    (one: { plugin: { name: string } }) => one.plugin.name === 'frail',
  )?.plugin

/** Somebody's files are exchanged beneath it, as a release does. */
async function become(files: Files): Promise<void> {
  write(root, 'frail', frail('2.0.0', files))
  await until('it is set aside', async () => {
    const { version, state } = (await infoOf()) ?? {}
    return version === '2.0.0' && state === 'set_aside'
  })
}

/** It works, has a schedule, and a role has its menu. */
async function install(): Promise<void> {
  const zip = form(await zipOf('frail', frail('1.0.0')))
  expect(await admin.post('/sys/plugins?type=zip', zip)).toSucceed()
  await until('its schedule is there', async () =>
    (await admin.get('/schedulers?size=200')).data.items.some(
      (row: { task: string }) => row.task === 'of-frail.work',
    ),
  )
  await inDatabaseOf(home, async () => {
    const [role] = await ask<{ id: string }>("SELECT id FROM sys_role WHERE name = 'clerk'")
    const link = { id: MENU, role_id: role?.id, menu_id: MENU }
    const qi = database().getQueryInterface()
    await qi.bulkDelete('sys_role_menu', { id: MENU })
    await qi.bulkInsert('sys_role_menu', [link])
  })
}

beforeEach(async () => {
  before = await dumpOf(home)
  await install()
})

const isGone = async () => {
  expect(await dumpOf(home)).toEqual(before)
  expect(existsSync(path.join(root, 'frail'))).toBe(false)
}

describe('a plugin that is set aside is removed with everything that it brought', () => {
  const BROKEN: [what: string, come: () => Promise<void>][] = [
    [
      'its next version does not start',
      () => become({ 'index.ts': index("start: () => Promise.reject(new Error('not today'))") }),
    ],
    [
      'its next version has a migration that cannot be loaded',
      () => become({ 'migrations/20261122-0900-more.ts': "throw new Error('no more')" }),
    ],
    [
      'its next version has a migration that fails half-way',
      () =>
        become({
          'migrations/20261122-0900-more.ts': `import type { MigrationContext } from '#core'
let isReal = false
export const up = async ({ createTable, base }: MigrationContext) => {
  await createTable('frail_more', { ...base.fixed })
  if (isReal) throw new Error('half way')
  isReal = true
}
export const down = ({ dropTable }: MigrationContext) => dropTable('frail_more')
`,
        }),
    ],
    ['its manifest cannot be read', () => becomeUnreadable()],
    ['it left a fault to the process', () => leaveFault()],
  ]

  const isSetAside = async () => (await infoOf())?.state === 'set_aside'

  async function becomeUnreadable(): Promise<void> {
    rmSync(path.join(root, 'frail/plugin.json'))
    await until('it is set aside', isSetAside)
  }

  async function leaveFault(): Promise<void> {
    await admin.post('/frail')
    await until('it is set aside', isSetAside)
  }

  it.each(BROKEN)('where %s', async (_what, come) => {
    await come()

    expect(await admin.delete('/sys/plugins/frail')).toSucceed()

    await isGone()
  })

  it('on the command line', async () => {
    await become({ 'index.ts': index("start: () => Promise.reject(new Error('not today'))") })

    const { code, stdout, stderr } = await steward(['plugin', 'remove', 'frail', '--yes', '--json'], { home })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      tables: ['frail_row'],
      gathered: { task_scheduler: 1, sys_role_menu: 1 },
    })
    await until('the server has seen it', async () => (await infoOf()) === undefined)
    await isGone()
  })
})

describe('a plugin of which nobody can say what it brought', () => {
  afterEach(async () => {
    await install()
    expect(await admin.delete('/sys/plugins/frail')).toSucceed()
    await isGone()
  })

  const remove = (...words: string[]) => steward(['plugin', 'remove', 'frail', '--yes', ...words], { home })

  it.each<[what: string, files: Files, reason: string]>([
    [
      'a migration that it has applied cannot be loaded',
      { [FIRST]: migration("throw new Error('never again')") },
      'migration frail/20261121-0900-create-row: never again',
    ],
    ['its index cannot be loaded', { 'index.ts': "throw new Error('not at all')" }, 'not at all'],
  ])('stays where %s, until it is removed with its data kept', async (_what, files, reason) => {
    await become(files)
    const there = await dumpOf(home)

    expect(await admin.delete('/sys/plugins/frail')).toFail(409, 'plugin.not_undone', {
      name: 'frail',
      reason,
    })
    expect(await remove()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(reason) })
    expect(await dumpOf(home)).toEqual(there)
    expect(existsSync(path.join(root, 'frail', FIRST))).toBe(true)

    expect(await admin.delete('/sys/plugins/frail?keep_data=true')).toSucceed()
    expect((await dumpOf(home))['structure']).toEqual(there['structure'])
    expect(existsSync(path.join(root, 'frail'))).toBe(false)
  })

  it('is kept with its data on the command line, too', async () => {
    await become({ [FIRST]: migration("throw new Error('never again')") })

    expect(await remove('--keep-data')).toMatchObject({ code: 0, stderr: '' })

    await until('the server has seen it', async () => (await infoOf()) === undefined)
    expect(existsSync(path.join(root, 'frail'))).toBe(false)
  })

  it('ends no second process when it ended one that wanted to remove it', async () => {
    const kills = "if (process.env.FRAIL === 'kills') process.kill(process.pid, 'SIGKILL')"
    await become({ 'index.ts': index("start: () => Promise.reject(new Error('not today'))", kills) })
    const asked = () => steward(['plugin', 'plan', 'frail'], { home: { ...home, FRAIL: 'kills' } })

    expect((await asked()).code).toBeNull()
    expect(await asked()).toMatchObject({ code: 1, stderr: expect.stringContaining('a process ended') })

    expect(await admin.delete('/sys/plugins/frail?keep_data=true')).toSucceed()
  })
})
