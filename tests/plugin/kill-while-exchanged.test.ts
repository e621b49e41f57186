import '../support/matchers'
import { existsSync, readdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '../support/client'
import { ask, inDatabaseOf } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { form, manifestOf, write, zipOf, type Files } from './support/made'

jest.setTimeout(240_000)

/** Kills, spread over the time that an upgrade takes. */
const ROUNDS = 8

const columnOf = (number: number): Files => ({
  [`migrations/20261121-09${String(number).padStart(2, '0')}-add-part.ts`]: `import type { MigrationContext } from '#core'
export const up = ({ addColumn, types }: MigrationContext) => addColumn('kept_row', 'part_${number}', { type: types.string(8) })
export const down = ({ dropColumn }: MigrationContext) => dropColumn('kept_row', 'part_${number}')
`,
})
const TABLE: Files = {
  'migrations/20261121-0900-create-row.ts': `import type { MigrationContext } from '#core'
export const up = ({ createTable, base }: MigrationContext) => createTable('kept_row', { ...base.fixed })
export const down = ({ dropTable }: MigrationContext) => dropTable('kept_row')
`,
}

/** Each version has one column more than the one before, and reads it whenever it is asked for its number. */
const kept = (number: number, before = ''): Files => {
  const manifest = manifestOf('kept')
  const columns = Array.from({ length: number }, (_, at) => columnOf(at + 1))
  return Object.assign({}, TABLE, ...columns, {
    'plugin.json': JSON.stringify({ ...manifest, plugin: { ...manifest.plugin, version: `1.${number}.0` } }),
    'index.ts': `import { BaseModel, Column, Crud, DataType, Table, data, module, route, z } from '#core'
${before}
@Table({ tableName: 'kept_row' })
class KeptRow extends BaseModel {
  ${number > 0 ? `@Column({ type: DataType.STRING(8) })\n  declare part_${number}: string | null` : ''}
}
const crud = new Crud<KeptRow>(KeptRow)
const ask = route({ method: 'get', path: '/kept', title: 'Ask', access: 'public', reply: data(z.int()),
  handle: async (call) => { await crud.find(call.db, {}); return ${number} } })
export default module({ name: 'kept', models: [KeptRow], routes: [ask] })
`,
  }) as Files
}

let home: Record<string, string>
let root: string
let server: StewardProcess
let admin: Client

async function startAgain(): Promise<void> {
  await server?.stop()
  server = await StewardProcess.start(home)
  const login = { username: 'admin', password: 'first-passw0rd' }
  const { data } = await new Client(server.address).post('/auth/login', login)
  admin = new Client(server.address, data.access_token)
}

beforeEach(async () => {
  const fresh = await freshHome()
  root = path.join(String(fresh.DATA_DIR), 'plugins')
  write(root, 'kept', kept(0))
  home = { ...fresh, PLUGIN_DIR: root, PLUGIN_REQUIRED: '[]', ADMIN_PASSWORD: 'first-passw0rd', ROLES: 'web' }
  await startAgain()
})
afterEach(() => server.stop())

/** @returns when the answer is there, or the process is not */
const upgradeTo = async (number: number, before = '') => {
  const zip = form(await zipOf('kept', kept(number, before)), 'kept.zip')
  return admin.put('/sys/plugins/kept?type=zip', zip).catch(() => null)
}

/** What lies beside the place of the plugin, and whether anything lies in it. */
function stage(): string {
  const aside = readdirSync(root).filter((name) => name.startsWith('.kept'))
  return [...aside, existsSync(path.join(root, 'kept')) ? 'kept' : 'nothing'].join(' ')
}

/** The version that works. Its tables are those that its migrations make, and nothing else lies around. */
async function wholeVersion(): Promise<number> {
  const { status, data } = await admin.get('/kept')
  expect(status).toBe(200)
  const applied = await inDatabaseOf(home, () =>
    ask<{ name: string }>("SELECT name FROM sys_migration WHERE name LIKE 'kept/%'"),
  )
  expect(applied).toHaveLength(data + 1)
  expect(stage()).toBe('kept')
  return data
}

it('a process that is killed while it upgrades a plugin leaves the older or the newer version whole', async () => {
  const begun = performance.now()
  expect(await upgradeTo(1)).toSucceed()
  const whole = performance.now() - begun
  let version = await wholeVersion()
  for (let round = 0; round < ROUNDS; round += 1) {
    const upgrade = upgradeTo(version + 1)
    await pause((whole * (round + Math.random())) / ROUNDS)
    await server.stop()
    await upgrade

    await startAgain()

    const now = await wholeVersion()
    expect([version, version + 1]).toContain(now)
    version = now
  }
})

it('a process that was killed between the two steps leaves the older version', async () => {
  await server.stop()
  renameSync(path.join(root, 'kept'), path.join(root, '.kept.old'))
  write(root, '.kept.new', kept(1))

  await startAgain()

  expect(await wholeVersion()).toBe(0)
})

it('a newer version that ends the process leaves the older one', async () => {
  expect(await upgradeTo(1, "process.kill(process.pid, 'SIGKILL')")).toBeNull()

  await startAgain()

  expect(await wholeVersion()).toBe(0)
  expect(await upgradeTo(2)).toSucceed()
  expect(await wholeVersion()).toBe(2)
})
