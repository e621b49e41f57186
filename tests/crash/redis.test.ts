import '../support/web-only'
import '../support/private-redis'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Op } from 'sequelize'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { outboxCrud } from '../../src/app/task/crud/outbox'
import { resultCrud } from '../../src/app/task/crud/result'
import { env } from '../../src/config/env'
import { systemCall } from '../../src/core/call'
import { enqueueMany } from '../../src/core/enqueue'
import type { Task } from '../../src/core/task'
import { inTransaction, reader } from '../../src/infra/database'
import { redis } from '../../src/infra/redis'
import { ask, ending, forgetTasks, resultOf } from '../support/tasks'
import { until } from '../support/redis'
import { unique, useApp } from '#testing'
import { WorkerProcess } from './worker-process'
import { crashTasks, plain, writing, type Word } from './worker-tasks'

// The application of the test accepts tasks and looks after its Redis; the worker is a process of its own.
useApp(crashTasks)
forgetTasks()

const worker = new WorkerProcess({ TASK_CONCURRENCY: '50', TASK_LOCK_SECONDS: '4' })
beforeAll(() => worker.start(), 180_000)
afterAll(() => worker.end('SIGTERM'), 60_000)

const signalRedis = (signal: NodeJS.Signals) =>
  process.kill(Number(readFileSync(join(env.DATA_DIR, 'redis/redis.pid'), 'utf8')), signal)

const redisAnswers = () =>
  redis()
    .ping()
    .then(
      () => true,
      () => false,
    )

const BATCHES = 5
const PLAIN = 400
const WRITING = 40

const words = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

/** Accepts a task for each word, as one request does. @returns their task ids */
async function askAll(task: Task<typeof Word>, all: string[]): Promise<string[]> {
  const { call, ids } = await inTransaction(async (db) => {
    const made = systemCall(db)
    const payloads = all.map((word) => ({ word }))
    return { call: made, ids: await enqueueMany(made, task, payloads) }
  })
  await call.committed()
  return ids
}

/** Waits until no more than so many tasks are unfinished. */
async function unfinished(most: number): Promise<void> {
  while ((await outboxCrud.count(reader())) > most) await pause(50)
}

it('thousands of tasks end once each, and take effect once, while Redis is killed, emptied and killed again', async () => {
  const prefix = unique('r').slice(0, 12)
  const ids: string[] = []
  const accept = async (batch: number) => {
    ids.push(...(await askAll(writing, words(`${prefix}-${batch}`, WRITING))))
    ids.push(...(await askAll(plain, words(`${prefix}-${batch}`, PLAIN))))
  }
  const faults = [() => signalRedis('SIGKILL'), () => redis().flushall(), () => signalRedis('SIGKILL')]

  await accept(0)
  for (const [at, fault] of faults.entries()) {
    await accept(at + 1)
    await unfinished(1.5 * (PLAIN + WRITING))
    await fault()
    await until('Redis answers', redisAnswers)
  }
  await accept(BATCHES - 1)
  await unfinished(0)

  const done = { task_id: ids, status: 'SUCCESS', date_done: { [Op.ne]: null } }
  expect(new Set(ids).size).toBe(BATCHES * (PLAIN + WRITING))
  expect(await resultCrud.count(reader(), done)).toBe(ids.length)
  const depts = await deptCrud.find(reader(), { where: { name: { [Op.startsWith]: `${prefix}-` } } })
  const wanted = Array.from({ length: BATCHES }, (_, batch) => words(`${prefix}-${batch}`, WRITING)).flat()
  expect(depts.map((dept) => dept.name).sort()).toEqual(wanted.sort())
}, 240_000)

it('a task that is asked for while Redis does not answer is accepted, and runs once it does', async () => {
  signalRedis('SIGSTOP')
  const id = await ask(plain, { word: 'a' })
  const { status } = await resultOf(id)
  signalRedis('SIGCONT')

  expect(status).toBe('PENDING')
  expect((await ending(id)).status).toBe('SUCCESS')
}, 60_000)
