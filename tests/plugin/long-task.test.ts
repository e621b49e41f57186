import '../support/matchers'
import path from 'node:path'
import { Client } from '../support/client'
import { ask, inDatabaseOf } from '../support/database-dump'
import { freshHome } from '../support/database-server'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { write } from './support/made'

jest.setTimeout(120_000)

/** At first its task waits until it is told to stop. */
const INDEX = `import { data, enqueue, module, route, runs, task, z } from '#core'
const linger = task({ name: 'patient.linger', title: 'Linger', payload: z.object({}) })
const ask = route({ method: 'post', path: '/patient', title: 'Ask', access: 'public', log: 'none',
  reply: data(z.string()), handle: (call) => enqueue(call, linger, {}) })
let runsBefore = 0
const run = async (_call: unknown, _payload: object, { signal }: { signal: AbortSignal }) => {
  if (runsBefore++ > 0) return 'done'
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('told to stop'))))
}
export default module({ name: 'patient', routes: [ask], tasks: [runs(linger, run)] })
`

it('a task that does not end while its plugin is switched off runs again when it is on again', async () => {
  const home: Record<string, string> = {
    ...(await freshHome()),
    PLUGIN_REQUIRED: '[]',
    ADMIN_PASSWORD: 'first-passw0rd',
  }
  const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
  write(PLUGIN_DIR, 'patient', { 'index.ts': INDEX })
  const server = await StewardProcess.start({ ...home, PLUGIN_DIR })
  try {
    const login = { username: 'admin', password: 'first-passw0rd' }
    const { data } = await new Client(server.address).post('/auth/login', login)
    const admin = new Client(server.address, data.access_token)
    const status = async () => {
      const [row] = await ask<{ status: string }>(
        "SELECT status FROM task_result WHERE name = 'patient.linger'",
      )
      return row?.status
    }
    await inDatabaseOf(home, async () => {
      expect(await admin.post('/patient')).toSucceed()
      await until('it has begun', async () => (await status()) === 'STARTED')

      expect(await admin.put('/sys/plugins/patient/status')).toSucceed()
      await until('it waits', async () => (await status()) === 'PENDING')

      expect(await admin.put('/sys/plugins/patient/status')).toSucceed()
      await until('it has ended', async () => (await status()) === 'SUCCESS')
    })
  } finally {
    await server.stop()
  }
})
