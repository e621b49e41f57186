import '../support/matchers'
import path from 'node:path'
import { Client } from '../support/client'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { answering, write } from './support/made'

jest.setTimeout(180_000)

/** A plugin whose address does something wrong. */
const doing = (name: string, code: string, parts = '') => ({
  'index.ts': `import { conflict, data, database_, listens, module, redis, route, z } from '#core'
const act = route({ method: 'get', path: '/made/${name}', title: 'Act', access: 'public', reply: data(z.string()),
  handle: async (call) => { ${code}; return 'done' } })
const NEVER = new Promise<never>(() => {})
export default module({ name: '${name}', routes: [act], ${parts} })
`.replace(' database_,', ''),
})

const LISTENING = (hear: string) =>
  `listeners: [listens('user.deleting', async (_call, { user_id }) => { ${hear} })]`

/** Name, what its address does, and what is said about it. */
const HOSTILE: [name: string, code: string, reason: RegExp, isSetAside: boolean][] = [
  ['timer', "setTimeout(() => { throw new Error('from a timer') }, 1)", /from a timer/, true],
  ['rejects', "void Promise.reject(new Error('nobody hears this'))", /nobody hears this/, true],
  ['exits', 'setTimeout(() => process.exit(3), 1)', /calls process\.exit/, true],
  ['aborts', 'process.abort()', /calls process\.abort/, false],
  ['throws', "throw new Error('it broke')", /GET .*\/made\/throws: it broke/, false],
  ['hangs', 'await NEVER', /GET .*\/made\/hangs: it did not come to an end within 2 s/, false],
  ['deep', 'const down = (): number => down() + 1; down()', /call stack/, false],
  ['closes-redis', 'await redis().quit()', /calls redis\(\)\.quit/, false],
  ['odd-answer', 'return 5 as never', /./, false],
]

let server: StewardProcess
let api: Client
let admin: Client

beforeAll(async () => {
  const fresh = await freshHome()
  const root = path.join(String(fresh.DATA_DIR), 'plugins')
  write(root, 'good', { 'index.ts': answering('good') })
  for (const [name, code] of HOSTILE) write(root, name, doing(name, code))
  write(root, 'never-stops', doing('never-stops', '', 'start: async () => () => NEVER'))
  write(root, 'deaf', doing('deaf', '', LISTENING('await NEVER')))
  server = await StewardProcess.start({
    ...fresh,
    ...{ PLUGIN_DIR: root, PLUGIN_REQUIRED: '[]', PLUGIN_ANSWER_SECONDS: '2', PLUGIN_LOAD_SECONDS: '8' },
    ADMIN_PASSWORD: 'first-passw0rd',
  })
  api = new Client(server.address)
  const { data } = await api.post('/auth/login', { username: 'admin', password: 'first-passw0rd' })
  admin = new Client(server.address, data.access_token)
})
afterAll(() => server?.stop())

async function infoOf(name: string) {
  const { data } = await admin.get('/sys/plugins')
  return data.find((one: { plugin: { name: string } }) => one.plugin.name === name).plugin
}

async function expectOthersToWork(): Promise<void> {
  expect((await api.get('/made/good')).data).toBe('good')
  expect(await admin.get('/sys/users')).toSucceed()
}

it.each(HOSTILE)(
  'a plugin that %s is named with the reason, and the others work',
  async (name, _code, reason, isSetAside) => {
    await api.get(`/made/${name}`).catch(() => undefined)

    await until('it is named', async () => (await infoOf(name)).reason !== null)
    expect(await infoOf(name)).toMatchObject({
      state: isSetAside ? 'set_aside' : 'on',
      reason: expect.stringMatching(reason),
    })
    await expectOthersToWork()
  },
)

it('one that does not hear is not waited for: the change is refused, and nothing stays locked', async () => {
  const role = await admin.get('/sys/roles/all')
  const dept = await admin.get('/sys/depts')
  const user = {
    username: 'to-go',
    password: 'secret-passw0rd',
    nickname: 'x',
    dept_id: dept.data[0].id,
    roles: [role.data[0].id],
  }
  const created = await admin.post('/sys/users', user)
  expect(created).toSucceed()
  const { data } = created

  const refused = await admin.delete(`/sys/users/${data.id}`)

  expect(refused.status).toBe(500)
  expect(await infoOf('deaf')).toMatchObject({
    state: 'on',
    reason: expect.stringContaining('user.deleting'),
  })
  expect(await admin.put('/sys/plugins/deaf/status')).toSucceed()
  expect(await admin.delete(`/sys/users/${data.id}`)).toSucceed()
})

it('one that does not stop is switched off all the same, and can be switched on again', async () => {
  expect(await admin.put('/sys/plugins/never-stops/status')).toSucceed()

  expect(await infoOf('never-stops')).toMatchObject({ state: 'off', reason: 'it did not stop within 8 s' })
  expect(await admin.put('/sys/plugins/never-stops/status')).toSucceed()
  expect((await api.get('/made/never-stops')).data).toBe('done')
})
