import '../../support/matchers'
import path from 'node:path'
import { write } from '../../plugin/support/made'
import { Client } from '../../support/client'
import { ask, inDatabaseOf } from '../../support/database-dump'
import { freshHome } from '../../support/database-server'
import { until } from '../../support/redis'
import { stewardCommand } from '../../support/steward-command'
import { StewardProcess } from '../../support/steward-process'

jest.setTimeout(120_000)

/** A plugin whose address asks for its task, which runs in a sandbox. */
const asking = (name: string, options: string, work: string) => ({
  'index.ts': `import { data, enqueue, module, route, runs, task, z } from '#core'
const one = task({ name: '${name}.one', title: 'One', payload: z.object({}), sandbox: true, ${options} })
const ask = route({ method: 'post', path: '/${name}', title: 'Ask', access: 'public', log: 'none',
  reply: data(z.string()), handle: (call) => enqueue(call, one, {}) })
export default module({ name: '${name}', routes: [ask], tasks: [runs(one, async () => { ${work} })] })
`,
})

let home: Record<string, string>
let server: StewardProcess
beforeAll(async () => {
  home = { ...(await freshHome()), PLUGIN_REQUIRED: '[]', ADMIN_PASSWORD: 'first-passw0rd' }
  const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
  write(PLUGIN_DIR, 'telling', asking('telling', '', 'return { program: process.argv[1], pid: process.pid }'))
  write(PLUGIN_DIR, 'busy', asking('busy', 'timeout: 1, grace: 0.5', 'for (;;) Math.random()'))
  write(PLUGIN_DIR, 'late', asking('late', '', 'return process.pid'))
  server = await StewardProcess.start({ ...home, PLUGIN_DIR, TASK_SANDBOXES: '1' })
})
afterAll(() => server.stop())

interface Found {
  status: string
  result: string
}

/** Asks for the task of a plugin. @returns its task id */
async function accepted(plugin: string): Promise<string> {
  const answer = await new Client(server.address).post(`/${plugin}`)
  expect(answer).toSucceed()
  return answer.data
}

/** Its state, once that is one of these. */
const reaches = (taskId: string, states: RegExp): Promise<Found> =>
  inDatabaseOf(home, async () => {
    const look = async () =>
      (await ask<Found>(`SELECT status, result FROM task_result WHERE task_id = '${taskId}'`))[0]
    await until(`the task is ${states.source}`, async () => states.test((await look())?.status ?? ''))
    return (await look()) ?? { status: '', result: '' }
  })

const ending = async (plugin: string) => reaches(await accepted(plugin), /SUCCESS|FAILURE/)

describe('the process of a sandbox', () => {
  it('runs the program that belongs to its server', async () => {
    const { status, result } = await ending('telling')

    expect(status).toBe('SUCCESS')
    const { program, pid } = JSON.parse(result) as { program: string; pid: number }
    const main = stewardCommand('src/main').at(-1) ?? ''
    expect(program).toBe(main.replace('main.', 'task-runner.'))
    expect(pid).not.toBe(server.child.pid)
  })

  it('is killed when the time of its task is over, and another one takes its place', async () => {
    const { status, result } = await ending('busy')

    expect(status).toBe('FAILURE')
    expect(result).toContain('not done within 1 s, and went on for 0.5 s')
    expect((await ending('telling')).status).toBe('SUCCESS')
  })

  it('waits for a plugin that is switched on and that its worker knows already', async () => {
    const { data } = await new Client(server.address).post('/auth/login', {
      ...{ username: 'admin', password: 'first-passw0rd' },
    })
    const admin = new Client(server.address, data.access_token)
    const { result } = await ending('telling')
    const { pid } = JSON.parse(result) as { pid: number }
    expect(await admin.put('/sys/plugins/late/status')).toSucceed()
    // It knows that the plugin is off.
    expect((await ending('telling')).result).toBe(result)
    process.kill(pid, 'SIGSTOP')
    let task: string
    try {
      expect(await admin.put('/sys/plugins/late/status')).toSucceed()
      task = await accepted('late')
      await reaches(task, /STARTED/)
    } finally {
      process.kill(pid, 'SIGCONT')
    }

    expect(await reaches(task, /SUCCESS|FAILURE/)).toMatchObject({ status: 'SUCCESS', result: String(pid) })
  })
})
