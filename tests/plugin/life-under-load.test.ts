import '../support/matchers'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '../support/client'
import { ask, inDatabaseOf } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { busy } from './support/busy'
import { Load, type Allowed } from './support/load'
import { form, zipOf } from './support/made'

jest.setTimeout(240_000)

let home: Record<string, string>
let processes: StewardProcess[]
let clients: Client[]
let admin: Client

beforeAll(async () => {
  const fresh = await freshHome()
  const PLUGIN_DIR = path.join(String(fresh.DATA_DIR), 'plugins')
  mkdirSync(PLUGIN_DIR)
  home = { ...fresh, PLUGIN_DIR, PLUGIN_REQUIRED: '[]', ADMIN_PASSWORD: 'first-passw0rd' }
  const first = await StewardProcess.start({ ...home, ROLES: 'web' })
  processes = [first]
  for (const ROLES of ['web', 'worker']) processes.push(await StewardProcess.start({ ...home, ROLES }))
  const login = { username: 'admin', password: 'first-passw0rd' }
  const { data } = await new Client(first.address).post('/auth/login', login)
  clients = processes.slice(0, 2).map(({ address }) => new Client(address, data.access_token))
  admin = clients[0] as Client
})
afterAll(() => Promise.all((processes ?? []).map((one) => one.stop())))

/** Waits on a machine that may be very busy. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`)
    await pause(50)
  }
}

interface Result {
  task_id: string
  status: string
}

const results = () => ask<Result>("SELECT task_id, status FROM task_result WHERE name LIKE 'busy.%'")
const isOpen = ({ status }: Result) => !['SUCCESS', 'FAILURE', 'REVOKED'].includes(status)
const version = (client: Client) => client.get('/busy')

const zip = async (number: string) => form(await zipOf('busy', busy(number)), 'busy.zip')
const install = async (number: string) => admin.post('/sys/plugins?type=zip', await zip(number))
const upgrade = async (number: string) => admin.put('/sys/plugins/busy?type=zip', await zip(number))
const toggle = () => admin.put('/sys/plugins/busy/status')
const remove = (query = '') => admin.delete(`/sys/plugins/busy${query}`)

/** Asks for tasks that cannot begin before the plugin is away. @returns their ids */
async function askForLater(): Promise<string[]> {
  const wanted = [false, true].map((apart) => admin.post('/busy/tasks', { delay: 2, apart }))
  return (await Promise.all(wanted)).map(({ data }) => String(data))
}

/** @param after what all processes answer in the end: a version, or a status */
async function change(act: () => ReturnType<typeof toggle>, meanwhile: Allowed, after: string | number) {
  load.allow(meanwhile)
  expect(await act()).toSucceed()
  await until(`${after} everywhere`, async () => {
    const answers = await Promise.all(clients.map(version))
    return answers.every(({ status, data }) => (status === 200 ? data : status) === after)
  })
  load.allow([typeof after === 'number' ? after : 200])
  await load.goOn()
}

let load: Load

it('no request fails and no task is lost or runs twice while a plugin comes, changes and goes', async () => {
  load = new Load(clients, [404])
  await change(() => install('1.0.0'), [404, 200], '1.0.0')
  const waiting = await askForLater()
  await change(toggle, [200, 403], 403)
  await pause(3000)
  await change(toggle, [403, 200], '1.0.0')
  await change(() => upgrade('2.0.0'), [200], '2.0.0')
  await change(() => upgrade('2.1.0'), [200], '2.1.0')
  waiting.push(...(await askForLater()))
  await change(() => remove('?keep_data=true'), [200, 403, 404], 404)
  await pause(3000)
  await change(() => install('2.1.0'), [404, 200], '2.1.0')
  await change(() => upgrade('2.2.0'), [200], '2.2.0')

  await change(toggle, [200, 403], 403)
  await load.stop()
  expect(load.wrong).toEqual([])

  await expectEachToHaveRunOnce([...load.accepted, ...waiting])
  const last = new Load(clients, [200, 403, 404])
  expect(await remove()).toSucceed()
  await last.goOn()
  await last.stop()
  expect(last.wrong).toEqual([])
})

async function expectEachToHaveRunOnce(accepted: string[]): Promise<void> {
  expect(await toggle()).toSucceed()
  await inDatabaseOf(home, async () => {
    await until('every task has ended', async () => !(await results()).some(isOpen))
    const ended = await results()
    const runs = await ask<{ word: string }>('SELECT word FROM busy_run')

    expect(ended.filter(({ status }) => status !== 'SUCCESS')).toEqual([])
    expect(ended.map(({ task_id }) => task_id).sort()).toEqual(accepted.sort())
    expect(runs.map(({ word }) => word).sort()).toEqual(accepted.sort())
  })
}
