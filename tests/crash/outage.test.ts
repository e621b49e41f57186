import { setTimeout as pause } from 'node:timers/promises'
import { Client, type Answer } from '../support/client'
import { Gate } from '../support/gate'
import { until } from '../support/redis'
import { testDatabase } from '../support/test-database'
import { buildUser, tokenOf, unique, useApp } from '#testing'
import { ServerProcess } from './server-process'

// The application of the test itself only builds data; the server under test reaches its parts through gates.
useApp()

const gateTo = (name: string) => new Gate({ host: '127.0.0.1', port: Number(process.env[name] ?? 0) })
const [redis, database] = [gateTo('REDIS_PORT'), gateTo('DATABASE_PORT')]
let server: ServerProcess
let admin: Client

beforeAll(async () => {
  await Promise.all([redis.open(), database.open()])
  const ports = { REDIS_PORT: String(redis.port), DATABASE_PORT: String(database.port) }
  const limits = { REDIS_TIMEOUT: '1', DATABASE_STATEMENT_TIMEOUT: '1', DATABASE_POOL_TIMEOUT: '1' }
  server = new ServerProcess({ ...ports, ...limits })
  await server.start()
  admin = new Client(server.url, await tokenOf(await buildUser({ is_superuser: true })))
}, 60_000)
afterAll(async () => {
  await server.stop()
  await Promise.all([redis.cut(), database.cut()])
}, 60_000)

/** Reads and writes of somebody signed in and of strangers, each with the status that means success. */
const CALLS: [() => Promise<Answer>, number][] = [
  [() => admin.get('/sys/users'), 200],
  [() => admin.post('/sys/depts', { name: unique('dept'), status: 1 }), 200],
  [() => admin.post('/sys/roles', { name: unique('role'), status: 1 }), 200],
  [() => new Client(server.url).post('/auth/login', { username: unique('nobody'), password: 'x' }), 403],
  [() => new Client(server.url).get('/auth/captcha'), 200],
]

/** Lets eight callers call until `isOver`. @returns every answer that was neither a success nor a clear "not now" */
async function load(isOver: () => boolean): Promise<string[]> {
  const wrong: string[] = []
  const lane = async (from: number) => {
    for (let at = from; !isOver(); at += 1) {
      const [call, wanted] = CALLS[at % CALLS.length] ?? [() => Promise.reject(new Error('no call')), 0]
      const { status, code, msg, body } = await call()
      const isClear = status === 503 && code === 503 && typeof body.trace_id === 'string'
      if (status !== wanted && !isClear) wrong.push(`${status} ${msg}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, from) => lane(from)))
  return wrong
}

const works = async () => {
  const answers = await Promise.all(CALLS.map(([call]) => call()))
  return answers.every(({ status }, at) => status === CALLS[at]?.[1])
}

const parts: [string, Gate][] = [
  ['Redis', redis],
  ...(testDatabase() === 'sqlite' ? [] : ([['the database', database]] satisfies [string, Gate][])),
]

describe.each(parts)('while %s', (_name, gate) => {
  it('is killed again and again, every answer is clear, and all is well once it is back', async () => {
    let isOver = false
    const loading = load(() => isOver)
    for (let kills = 0; kills < 5; kills += 1) {
      await pause(600)
      await gate.cut()
      await pause(300)
      await gate.open()
    }
    isOver = true

    expect(await loading).toEqual([])
    await until('the server works again', works)
  }, 60_000)
})

it.each(parts)(
  'answers clearly, and not only when it is over, while %s is frozen',
  async (_name, gate) => {
    gate.silence()
    const began = performance.now()
    const wrong = await load(() => performance.now() - began > 5000)
    await gate.open()

    expect(wrong).toEqual([])
    await until('the server works again', works)
  },
  60_000,
)
