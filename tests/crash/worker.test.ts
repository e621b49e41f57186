import '../support/web-only'
import { setTimeout as pause } from 'node:timers/promises'
import { Op } from 'sequelize'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { outboxCrud } from '../../src/app/task/crud/outbox'
import { resultCrud } from '../../src/app/task/crud/result'
import { reader } from '../../src/infra/database'
import { connectRedis, redis } from '../../src/infra/redis'
import { ask, ending, forgetTasks, reaches } from '../support/tasks'
import { unique, useApp } from '#testing'
import { WorkerProcess } from './worker-process'
import { counting, crashTasks, killing, writing } from './worker-tasks'

// The application of the test accepts tasks and runs none.
useApp(crashTasks)
forgetTasks()

const workers = [new WorkerProcess(), new WorkerProcess({ TASK_CONCURRENCY: '2' })] as const
afterEach(() => Promise.all(workers.map((worker) => worker.end('SIGKILL'))))

const TASKS = 150

async function forgetQueues(): Promise<void> {
  const broker = connectRedis('subscriber', 1)
  await broker.flushdb()
  broker.disconnect()
}

it('every accepted task ends in one final state while workers are killed, and Redis forgets all jobs', async () => {
  await Promise.all(workers.map((worker) => worker.start()))
  const prefix = unique('w').slice(0, 12)
  const accepting = (async () => {
    const ids: string[] = []
    for (let n = 0; n < TASKS; n += 1) {
      ids.push(
        await ask(writing, { word: `${prefix}-${n}` }),
        await ask(counting, { word: `${prefix}-${n}` }),
      )
    }
    return ids
  })()

  for (let kills = 0; kills < 4; kills += 1) {
    await pause(300 + Math.random() * 700)
    const worker = workers[kills % 2 === 0 ? 0 : 1]
    await worker.end('SIGKILL')
    if (kills === 2) await forgetQueues()
    await worker.start()
  }
  const ids = await accepting
  await outboxCrud.updateWhere(reader(), { push_time: { [Op.gt]: new Date() } }, { push_time: new Date() })
  const rows = []
  for (const id of ids) rows.push(await ending(id))
  await Promise.all(workers.map((worker) => worker.end('SIGTERM')))

  expect(rows.filter((row) => row.status !== 'SUCCESS')).toEqual([])
  const depts = await deptCrud.find(reader(), { where: { name: { [Op.startsWith]: `${prefix}-` } } })
  expect(depts.map((dept) => dept.name).sort()).toEqual(
    Array.from({ length: TASKS }, (_, n) => `${prefix}-${n}`).sort(),
  )
  const counts = await Promise.all(
    Array.from({ length: TASKS }, (_, n) => redis().get(`crash:${prefix}-${n}`)),
  )
  expect(counts.filter((count) => Number(count) < 1)).toEqual([])
  expect(await outboxCrud.count(reader())).toBe(0)
}, 240_000)

it('a task that kills its worker again and again is closed as failed, and stops killing', async () => {
  const [worker] = workers
  const id = await ask(killing, { word: 'x' })
  for (let deaths = 0; deaths < 5; deaths += 1) {
    await worker.start().catch(() => undefined)
    await worker.death()
  }
  await worker.start()

  const row = await ending(id)

  expect(row.status).toBe('FAILURE')
  expect(row.result).toContain('WorkerLostError')
  expect(worker.isRunning).toBe(true)
  await worker.end('SIGTERM')
}, 120_000)

it('a worker that is told to stop finishes what it has begun, and begins nothing new', async () => {
  const [, worker] = workers
  const ids = []
  for (let n = 0; n < 60; n += 1) ids.push(await ask(counting, { word: unique('c') }))
  await worker.start()
  await reaches(ids[0] ?? '', 'SUCCESS', 'STARTED')

  expect(await worker.end('SIGTERM')).toBe(0)

  expect(await resultCrud.count(reader(), { status: 'STARTED' })).toBe(0)
  await worker.start()
  for (const id of ids) expect((await ending(id)).status).toBe('SUCCESS')
  await worker.end('SIGTERM')
}, 120_000)
