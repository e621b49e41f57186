import '../support/web-only'
import type Redis from 'ioredis'
import { env } from '../../src/config/env'
import { nextId } from '../../src/infra/ids'
import {
  RunAgain,
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

describe('a consumer', () => {
  let consumer: Consumer | undefined
  afterEach(() => consumer?.close())

  it('runs a job again that says so, and lets Redis forget it when it is done', async () => {
    const job = jobFor('again')
    let runs = 0
    consumer = await consume('again', new Turns(1), async () => {
      runs += 1
      if (runs === 1) throw new RunAgain(10)
    })

    await pushJobs([job])
    await until('it has run twice', () => runs === 2)
    await consumer.idle()

    expect(await broker.exists(keyOf('again', job.id))).toBe(0)
    expect(await queueLength('again')).toEqual({ waiting: 0, delayed: 0, active: 0 })
  })

  it('that is paused takes nothing, and what comes goes to others', async () => {
    consumer = await consume('paused', new Turns(1), () => Promise.reject(new Error('not here')))
    await consumer.pause()
    const ran: string[] = []
    const jobs = [jobFor('paused'), jobFor('paused')]
    await pushJobs(jobs)

    const other = await consume('paused', new Turns(1), async ({ id }) => void ran.push(id))
    await until('both have run', () => ran.length === 2)
    await other.close()

    expect(ran).toEqual(jobs.map(({ id }) => id))
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
