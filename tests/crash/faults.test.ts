import '../support/web-only'
import { setTimeout as pause } from 'node:timers/promises'
import { Op } from 'sequelize'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { resultCrud } from '../../src/app/task/crud/result'
import { reader } from '../../src/infra/database'
import { Gate } from '../support/gate'
import { ask, ending, forgetTasks, reaches } from '../support/tasks'
import { testDatabase } from '../support/test-database'
import { unique, useApp } from '#testing'
import { WorkerProcess } from './worker-process'
import { crashTasks, slow, writing } from './worker-tasks'

// The application of the test accepts tasks and runs none; its workers reach Redis and the database through gates.
useApp(crashTasks)
forgetTasks()

const gateTo = (name: string) => new Gate({ host: '127.0.0.1', port: Number(process.env[name] ?? 0) })
const [redis, database] = [gateTo('REDIS_PORT'), gateTo('DATABASE_PORT')]
let first: WorkerProcess
let second: WorkerProcess

beforeAll(async () => {
  await Promise.all([redis.open(), database.open()])
  const ports = { REDIS_PORT: String(redis.port), DATABASE_PORT: String(database.port) }
  first = new WorkerProcess({ ...ports, TASK_CONCURRENCY: '8' })
  second = new WorkerProcess({ ...ports, TASK_CONCURRENCY: '2' })
}, 60_000)
afterEach(() => Promise.all([first.end('SIGKILL'), second.end('SIGKILL')]))
afterAll(() => Promise.all([redis.cut(), database.cut()]))

/** Tasks are accepted all the while the faults happen, and must then have ended and written once each. */
async function survives(faults: () => Promise<void>): Promise<void> {
  const prefix = unique('f').slice(0, 12)
  const ids: string[] = []
  let isOver = false
  const accepting = (async () => {
    for (; !isOver || ids.length < 100; await pause(20))
      ids.push(await ask(writing, { word: `${prefix}-${ids.length}` }))
  })()
  await faults()
  isOver = true
  await accepting
  for (const id of ids) await ending(id)

  expect(await resultCrud.count(reader(), { task_id: ids, status: 'SUCCESS' })).toBe(ids.length)
  const depts = await deptCrud.find(reader(), { where: { name: { [Op.startsWith]: `${prefix}-` } } })
  expect(depts.map((dept) => dept.name).sort()).toEqual(ids.map((_, n) => `${prefix}-${n}`).sort())
}

/** For so long nothing comes through; then everything that was held back, or new connections. */
async function away(gate: Gate, way: 'cut' | 'silence', ms: number): Promise<void> {
  await gate[way]()
  await pause(ms)
  await gate.open()
}

async function survivesOutages(gate: Gate, times: readonly number[], way: 'cut' | 'silence'): Promise<void> {
  await Promise.all([first.start(), second.start()])

  await survives(async () => {
    for (const ms of times) {
      await pause(400)
      await away(gate, way, ms)
    }
  })
}

it('a worker that froze until its tasks were given to another one changes nothing when it comes back', async () => {
  await Promise.all([first.start(), second.start()])
  const slowIds: string[] = []
  const beginsSlow = async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => ask(slow, { word: 'x' })))
    slowIds.push(...ids)
    await reaches(ids[0] ?? '', 'STARTED')
  }
  const begunTwice = () => resultCrud.count(reader(), { task_id: slowIds, starts: { [Op.gt]: 1 } })

  await survives(async () => {
    for (let times = 0; times < 2 || ((await begunTwice()) === 0 && times < 8); times += 1) {
      await beginsSlow()
      first.signal('SIGSTOP')
      await pause(4500)
      first.signal('SIGCONT')
      await pause(400)
    }
  })

  const rows = []
  for (const id of slowIds) rows.push(await ending(id))
  const answers = rows.map(({ status, worker, result }) => [status, worker?.split(':').at(-1), result])
  expect(answers).toEqual(answers.map(([, pid]) => ['SUCCESS', pid, JSON.stringify({ pid: Number(pid) })]))
  expect(rows.filter(({ starts }) => starts > 1)).not.toEqual([])
}, 180_000)

const BREAKS = ['breaks off again and again', [300, 300, 300, 300, 300], 'cut'] as const
const IS_AWAY = ['is out of reach for seconds', [1000, 9000], 'cut'] as const
const IS_SILENT = ['does not answer for seconds', [1000, 5000], 'silence'] as const

// What Redis does is the same beside every database.
it.each(testDatabase() === 'sqlite' ? [BREAKS, IS_AWAY, IS_SILENT] : [IS_AWAY])(
  'no task is lost or done twice while Redis %s',
  (_what, times, way) => survivesOutages(redis, times, way),
  180_000,
)

it('no task is lost or done twice when a worker is killed while Redis is away', async () => {
  await Promise.all([first.start(), second.start()])

  await survives(async () => {
    await pause(400)
    await redis.cut()
    await pause(500)
    await first.end('SIGKILL')
    await redis.open()
    await first.start()
    redis.silence()
    await pause(1000)
    await second.end('SIGKILL')
    await redis.open()
  })
}, 180_000)

if (testDatabase() !== 'sqlite')
  it.each([
    ['cut off again and again', [300, 300, 300, 300, 300], 'cut'],
    ['out of reach for seconds', [1000, 4000], 'cut'],
    ['not answered for seconds', [1000, 4000], 'silence'],
  ] as const)(
    'no task is lost or done twice while the database of the worker is %s',
    (_what, times, way) => survivesOutages(database, times, way),
    180_000,
  )
