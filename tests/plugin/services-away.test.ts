import '../support/matchers'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from '../support/client'
import { freshHome } from '../support/database-server'
import { Gate } from '../support/gate'
import { until } from '../support/redis'
import { StewardProcess } from '../support/steward-process'
import { testDatabase } from '../support/test-database'
import { write, type Files } from './support/made'

jest.setTimeout(120_000)

/** Waits at that step until the test has taken away what the step then asks for. */
const waiting = (name: string, step: 'start' | 'migrate', go: string): Files => ({
  'wait.ts': `import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
export async function wait(step: string): Promise<void> {
  if (step !== '${step}') return
  console.info('${name} waits')
  while (!existsSync('${go}')) await pause(20)
}
`,
  'migrations/20261130-0900-create-row.ts': `import type { MigrationContext } from '#core'
import { wait } from '../wait'
export async function up({ createTable, base }: MigrationContext) {
  await wait('migrate')
  await createTable('${name}_row', { ...base.fixed })
}
export const down = ({ dropTable }: MigrationContext) => dropTable('${name}_row')
`,
  'index.ts': `import { data, module, redis, route, z } from '#core'
import { wait } from './wait'
const ask = route({ method: 'get', path: '/made/${name}', title: 'Ask', access: 'public', reply: data(z.string()),
  handle: () => '${name}' })
async function start() {
  await wait('start')
  await redis().ping()
}
export default module({ name: '${name}', routes: [ask], start })
`,
})

const services = [
  { what: 'Redis', port: 'REDIS_PORT', step: 'start' } as const,
  ...(testDatabase() === 'sqlite'
    ? []
    : [{ what: 'the database', port: 'DATABASE_PORT', step: 'migrate' } as const]),
]

it.each(services)(
  'a plugin that finds $what away while it comes to work, works once it is back',
  async ({ what, port, step }) => {
    const gate = new Gate({ host: '127.0.0.1', port: Number(process.env[port]) })
    await gate.open()
    const home = await freshHome()
    const PLUGIN_DIR = path.join(String(home.DATA_DIR), 'plugins')
    const settings = {
      ...home,
      PLUGIN_DIR,
      PLUGIN_REQUIRED: '[]',
      ROLES: 'web',
      LOG_STD_LEVEL: 'ERROR',
      [port]: String(gate.port),
    }
    const server = await StewardProcess.start(settings)
    const go = path.join(String(home.DATA_DIR), 'go')
    const says = (words: string) => () => (server.stdout + server.stderr).includes(words)
    try {
      write(PLUGIN_DIR, 'waiting', waiting('waiting', step, go))
      await until('it waits', says('waiting waits'))

      await gate.cut()
      writeFileSync(go, '')
      await until(`it is set aside without ${what}`, says('a plugin is set aside'))
      await gate.open()

      const client = new Client(server.address)
      await until('it works', async () => (await client.get('/made/waiting')).data === 'waiting')
    } finally {
      await server.stop()
      await gate.cut()
    }
  },
)
