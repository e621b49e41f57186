import '../support/matchers'
import path from 'node:path'
import { Client } from '../support/client'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { answering, write } from './support/made'

jest.setTimeout(180_000)

/** @param act what its address does, and `start` what it does when it starts */
const indexOf = (
  before: string,
  act: string,
  start: string,
) => `import { data, module, route, z } from '#core'
${before}
const act = route({ method: 'get', path: '/made/culprit', title: 'Act', access: 'public', reply: data(z.string()),
  handle: () => { ${act}; return 'done' } })
export default module({ name: 'culprit', routes: [act], start: async () => { ${start} } })
`

/** Nothing says from whose code it comes. */
const FAULT = "setTimeout(() => { void Promise.reject('a text') }, 100)"
const KILL = "process.kill(process.pid, 'SIGKILL')"

/** What ends the process, how, and what has to be asked for that. */
const LOOPS: [what: string, index: string, address: string | null][] = [
  ['is loaded', indexOf(KILL, '', ''), null],
  ['starts', indexOf('', '', FAULT), null],
  ['works', indexOf('', FAULT, ''), '/made/culprit'],
]

async function crash(settings: Record<string, string>, address: string | null): Promise<void> {
  const server = address === null ? StewardProcess.run(settings) : await StewardProcess.start(settings)
  if (address !== null) await new Client(server.address).get(address).catch(() => null)
  expect(await server.ended()).not.toBe(0)
}

it.each(LOOPS)(
  'a plugin that ends the process three times while it %s is set aside and named, and the others work',
  async (_what, index, address) => {
    const home = await freshHome()
    const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
    write(PLUGIN_DIR, 'good', { 'index.ts': answering('good') })
    write(PLUGIN_DIR, 'culprit', { 'index.ts': index })
    const settings = {
      ...{ ...home, PLUGIN_DIR, PLUGIN_REQUIRED: '[]' },
      ...{ ADMIN_PASSWORD: 'first-passw0rd', ROLES: 'web' },
    }
    for (let times = 0; times < 3; times += 1) await crash(settings, address)

    const server = await StewardProcess.start(settings)
    try {
      const login = { username: 'admin', password: 'first-passw0rd' }
      const { data } = await new Client(server.address).post('/auth/login', login)
      const admin = new Client(server.address, data.access_token)
      const plugins = (await admin.get('/sys/plugins')).data.map((one: { plugin: object }) => one.plugin)
      expect(plugins).toMatchObject([
        { name: 'culprit', state: 'set_aside', reason: expect.stringContaining('a process ended with it') },
        { name: 'good', state: 'on', reason: null },
      ])
      expect((await admin.get('/made/good')).data).toBe('good')
    } finally {
      await server.stop()
    }
  },
)

it('a plugin is not blamed for a process that was killed once while it was loaded', async () => {
  const home = await freshHome()
  const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
  const folder = write(PLUGIN_DIR, 'culprit', { 'index.ts': indexOf(KILL, '', '') })
  const settings = { ...home, PLUGIN_DIR, PLUGIN_REQUIRED: '[]', ROLES: 'web' }
  await crash(settings, null)
  write(path.dirname(folder), 'culprit', { 'index.ts': indexOf('', '', '') })

  const server = await StewardProcess.start(settings)
  try {
    expect((await new Client(server.address).get('/made/culprit')).data).toBe('done')
  } finally {
    await server.stop()
  }
})

describe('a process that is killed while a plugin is at work', () => {
  const pause = (ms: number) => `await new Promise((go) => setTimeout(go, ${ms}))`
  const ENDS = {
    killed: `${pause(1500)}; process.kill(process.pid, 'SIGKILL')`,
    hungry: `const all = []; for (;;) { all.push(new Array(1e6).fill(all.length)); ${pause(50)} }`,
  }
  let settings: Record<string, string>
  let server: StewardProcess

  const QUIET = { good: ['on', null], hungry: ['on', null], killed: ['on', null] }

  /** Starts again. @returns what the console says of every plugin */
  async function states() {
    server = await StewardProcess.start(settings)
    const login = { username: 'admin', password: 'first-passw0rd' }
    const { data } = await new Client(server.address).post('/auth/login', login)
    const { data: plugins } = await new Client(server.address, data.access_token).get('/sys/plugins')
    type Shown = { plugin: { name: string; state: string; reason: string | null } }
    return Object.fromEntries(
      plugins.map(({ plugin }: Shown) => [plugin.name, [plugin.state, plugin.reason]]),
    )
  }

  beforeEach(async () => {
    const home = await freshHome()
    const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
    write(PLUGIN_DIR, 'good', { 'index.ts': answering('good') })
    for (const [name, end] of Object.entries(ENDS)) {
      const index = indexOf('', end, '').replace('handle: () =>', 'handle: async () =>')
      write(PLUGIN_DIR, name, { 'index.ts': index.replaceAll('culprit', name) })
    }
    settings = {
      ...{ ...home, PLUGIN_DIR, PLUGIN_REQUIRED: '[]' },
      ...{ ADMIN_PASSWORD: 'first-passw0rd', ROLES: 'web' },
    }
  })
  afterEach(() => server.stop())

  it.each(['killed', 'hungry'])(
    'is told of at the next start, with the name of the plugin, which works: %s',
    async (name) => {
      await crash({ ...settings, NODE_OPTIONS: '--max-old-space-size=200' }, `/made/${name}`)

      const told = ['on', expect.stringMatching(/^a process was killed while it was at work, at \d/)]
      expect(await states()).toEqual({ ...QUIET, [name]: told })
      await server.stop()
      expect(await states()).toEqual(QUIET)
    },
  )

  it('is not told of where no plugin was at work any more', async () => {
    server = await StewardProcess.start(settings)
    expect((await new Client(server.address).get('/made/good')).data).toBe('good')
    await server.stop()

    expect(await states()).toEqual(QUIET)
  })
})
