import '../support/web-only'
import type Redis from 'ioredis'
import { env } from '../../src/config/env'
import { nextId } from '../../src/infra/ids'
import {
  consume,
  forgetJobs,
  pushAgain,
  pushJobs,
  queueLength,
  whenQueuesAreNew,
  type Consumer,
  type QueuedJob,
} from '../../src/infra/queue'
import { connectRedis } from '../../src/infra/redis'
import { Turns } from '../../src/infra/turns'
import { until } from '../support/redis'
import { useApp } from '#testing'

let broker: Redis
// Before `useApp()`, whose own end closes Redis.
afterAll(() => broker.disconnect())

// Nobody but the tests themselves takes jobs, or looks after queues.
useApp()
beforeAll(() => (broker = connectRedis('subscriber', env.CELERY_BROKER_REDIS_DATABASE)))

const jobFor = (queue: string, due_time = new Date()): QueuedJob => ({
  ...{ id: nextId(), name: 'test.job', queue, due_time },
})
const keyOf = (queue: string, what: string) => `{${env.CELERY_REDIS_PREFIX}:0}:${queue}:${what}`

it('all jobs of all queues are forgotten at once', async () => {
  const due_time = new Date(Date.now() + 3_600_000)
  for (const queue of ['one', 'other']) await pushJobs([jobFor(queue, due_time)])
  expect((await queueLength('one')).delayed).toBe(1)

  expect(await forgetJobs()).toBeGreaterThan(1)
  expect((await queueLength('one')).delayed).toBe(0)
  expect((await queueLength('other')).delayed).toBe(0)
})

describe('a job that Redis has forgotten', () => {
  let consumer: Consumer | undefined
  afterEach(() => consumer?.close())

  it('while a worker took it is not run without its name, and can be pushed again', async () => {
    const job = jobFor('forgotten')
    const run: string[] = []
    consumer = await consume('forgotten', new Turns(1), async ({ name }) => void run.push(name))
    await broker.lpush(keyOf('forgotten', 'wait'), job.id)
    const isGone = async () =>
      (await broker.exists(keyOf('forgotten', 'wait'), keyOf('forgotten', job.id))) === 0
    await until('nothing is left of it', isGone)

    await pushJobs([job])
    await until('it runs', () => run.length > 0)

    expect(run).toEqual(['test.job'])
  })

  it('is pushed again although a worker that died has left a remnant of it', async () => {
    const [job, whole] = [jobFor('remnant'), jobFor('remnant')]
    await pushJobs([whole])
    await broker.hset(keyOf('remnant', job.id), 'processedOn', Date.now())

    await pushAgain([job, whole])

    expect(await queueLength('remnant')).toMatchObject({ waiting: 2 })
  })
})

it('queues that are emptied while they are being filled are filled once more', async () => {
  let fillings = 0
  const fill = async (meanwhile?: () => Promise<unknown>) => {
    fillings += 1
    await meanwhile?.()
  }
  await broker.flushdb()

  await whenQueuesAreNew(() => fill(() => broker.flushdb()))
  await whenQueuesAreNew(fill)
  await whenQueuesAreNew(fill)

  expect(fillings).toBe(2)
})
