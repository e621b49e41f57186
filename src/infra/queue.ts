import { once } from 'node:events'
import type Bull from 'bull'
import type Redis from 'ioredis'
import { env } from '../config/env'
import { now } from './clock'
import { Intake } from './intake'
import { logger } from './logger'
import { connectRedis, redisDatabase } from './redis'
import { removeKeysBelow } from './redis-scan'
import type { Turns } from './turns'

/**
 * The only file that knows Bull. A job is a name and an id and nothing else: payload, state and result lie in the
 * database, so that whatever Redis forgets can be pushed again, and pushing twice is harmless.
 */
export interface QueuedJob {
  id: string
  name: string
  queue: string
  due_time: Date
}

/** Thrown by the work of a job: it is to be run again, after a pause. Bull takes that for a failure. */
export class RunAgain extends Error {
  constructor(readonly milliseconds: number) {
    super(`again in ${milliseconds} ms`)
    this.name = 'RunAgain'
  }
}

export interface Consumer {
  /** Takes no more jobs; those under way go on. */
  pause(): Promise<void>
  /** Takes jobs again. */
  resume(): Promise<void>
  /** Waits until no job is under way. */
  idle(): Promise<void>
  /** Ends; what is still under way is taken over by another worker once its lock has run out. */
  close(): Promise<void>
}

const PATIENCE_MS = 1000
const PAUSE_AFTER_FAULT_MS = 10_000
/** Until others are offered a job that came after the queue was paused here. */
const GIVE_BACK_MS = 100
/** Retries are counted in the database, and so are deaths of workers; Bull must never be the one to give up. */
const WITHOUT_END = 1_000_000

const producers = new Map<string, Bull.Queue>()
let producing: Redis | undefined

/**
 * Hands jobs to the queues. Those that are there already are left as they are.
 * @throws when Redis does not take them within a second
 */
export async function pushJobs(jobs: QueuedJob[]): Promise<void> {
  await perQueue(jobs, (queue, some) => queue.addBulk(some.map(asBullJob)))
}

/** The same for jobs that may have been lost: a remnant of one would keep it out of its queue. */
export async function pushAgain(jobs: QueuedJob[]): Promise<void> {
  await perQueue(jobs, (queue, some) => Promise.all(some.map(({ id }) => removeRemnant(queue, id))))
  await pushJobs(jobs)
}

async function perQueue(
  jobs: QueuedJob[],
  work: (queue: Bull.Queue, jobs: QueuedJob[]) => Promise<unknown>,
): Promise<void> {
  const names = [...new Set(jobs.map((job) => job.queue))]
  await within(PATIENCE_MS * Math.max(1, jobs.length / 100), async () => {
    for (const name of names) {
      await work(
        await producer(name),
        jobs.filter((job) => job.queue === name),
      )
    }
  })
}

/** How Bull calls a job of which Redis has forgotten all but the id. */
const NAMELESS = '__default__'

// Bull writes the moment at which it takes a job without looking whether Redis still has the job.
const REMOVE_REMNANT = `if redis.call('hexists', KEYS[1], 'name') == 1 then return 0 end
redis.call('lrem', KEYS[3], 0, ARGV[1]) return redis.call('del', KEYS[1], KEYS[2])`

/** Removes what is left of a job that Redis has forgotten; a whole one stays. */
function removeRemnant(queue: Bull.Queue, id: string): Promise<unknown> {
  const key = queue.toKey(id)
  return queue.client.eval(REMOVE_REMNANT, 3, key, `${key}:lock`, queue.toKey('active'), id)
}

/** Takes a job out of its queue, unless a worker has it already. */
export async function removeJob(name: string, id: string): Promise<void> {
  await within(PATIENCE_MS, async () => {
    const job = await (await producer(name)).getJob(id)
    if (job && !(await job.isActive())) await job.remove()
  })
}

/** How many jobs wait in a queue, are delayed, and are under way. */
export async function queueLength(
  name: string,
): Promise<{ waiting: number; delayed: number; active: number }> {
  const { waiting, delayed, active } = await (await producer(name)).getJobCounts()
  return { waiting, delayed, active }
}

/** Closes what pushing has opened. */
export async function closeProducers(): Promise<void> {
  const closing = [...producers.values()]
  producers.clear()
  await Promise.allSettled(closing.map((queue) => queue.close(true)))
  producing?.disconnect()
  producing = undefined
}

/** Takes jobs from a queue until it is closed, and works on them; `turns` says how many may be in hand. */
export async function consume(
  name: string,
  turns: Turns,
  work: (job: { id: string; name: string }) => Promise<void>,
  isPaused = false,
): Promise<Consumer> {
  const clients: Redis[] = []
  const queue = await openQueue(name, connectInto(clients))
  const running = new Set<Promise<void>>()
  const run = (job: Bull.Job) => {
    const id = String(job.id)
    const isRemnant = job.name === NAMELESS
    if (!isRemnant && !intake.isOpen) return Promise.reject(new RunAgain(GIVE_BACK_MS))
    const turn = isRemnant ? removeRemnant(queue, id).then(() => undefined) : work({ id, name: job.name })
    running.add(turn)
    return turn.finally(() => running.delete(turn))
  }
  const intake = intakeOf(queue, turns)
  const consumer: Consumer = {
    pause: () => intake.pause(() => queue.pause(true, true)),
    resume: () => intake.resume(() => queue.resume(true)),
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running)
    },
    close: async () => {
      intake.end()
      await Promise.race([queue.close(true), sleep(PATIENCE_MS)])
      for (const client of clients) client.disconnect()
    },
  }
  await queue.isReady()
  if (isPaused) await consumer.pause()
  // Bull looks after delayed jobs and dead workers; its own loops, of which it starts none, would take one job each.
  queue
    .process('*', 0, run)
    .then(() => intake.run())
    .catch((err: unknown) => logger.error('a queue is no longer worked on', { err, queue: name }))
  return consumer
}

const connectInto = (clients: Redis[]) => (type: string) => {
  const client = connectRedis(type === 'subscriber' ? 'subscriber' : 'blocking', broker())
  clients.push(client)
  return client
}

const intakeOf = (queue: Bull.Queue, turns: Turns) =>
  new Intake<Bull.Job>({
    next: async () => (await queue.getNextJob()) ?? null,
    process: async (job, isLast) => (await (queue as unknown as Inside).processJob(job, isLast)) ?? null,
    most: () => turns.most,
  })

/** The part of Bull behind its public types that is used. */
interface Inside {
  /** Hands a job to the handler, keeps its lock, and moves it to where it belongs. @returns the next, unless it is the last */
  processJob(job: Bull.Job, isLast: boolean): Promise<Bull.Job | null | undefined>
}

/** Forgets all jobs of all queues of this installation. @returns how many keys that were */
export async function forgetJobs(): Promise<number> {
  const client = connectRedis('blocking', broker())
  try {
    return await removeKeysBelow(client, `${prefix()}:`)
  } finally {
    client.disconnect()
  }
}

/** Installations that share a Redis keep apart by the number of their database; braces keep a cluster's keys together. */
const prefix = () => `{${env.CELERY_REDIS_PREFIX}:${redisDatabase()}}`

const queuePrefix = () => `{${env.CELERY_REDIS_PREFIX}:${redisDatabase()}}`

const broker = () => env.CELERY_BROKER_REDIS_DATABASE

/** The queue as those who push to it, or only look at it, share it. */
export async function producer(name: string): Promise<Bull.Queue> {
  const client = await producerClient()
  const known = producers.get(name)
  if (known) return known
  const queue = await openQueue(name, () => client)
  producers.set(name, queue)
  return queue
}

async function producerClient(): Promise<Redis> {
  producing ??= connectRedis('commands', broker())
  const client = producing
  // Only the first connection is waited for; while Redis is away later on, commands fail at once.
  if (client.status === 'wait' || client.status.startsWith('connect')) await once(client, 'ready')
  return client
}

/**
 * Does the work when the queues may have lost jobs since it was done last, by whichever process: they are empty, or
 * Redis was started anew, and with it comes back only what it had written to the disk.
 */
export async function whenQueuesAreNew(work: () => Promise<void>): Promise<void> {
  const client = await within(PATIENCE_MS, producerClient)
  const key = `${queuePrefix()}:run`
  // The nodes of a cluster are started one by one; there only a queue that is empty is noticed.
  const run = client.isCluster ? 'cluster' : (/run_id:(\w+)/.exec(await client.info('server'))?.[1] ?? '')
  if ((await client.get(key)) === run) return
  // Who empties Redis meanwhile takes this away too, and the work is done once more.
  await client.set(key, 'being filled')
  await work()
  await client.set(key, run, 'XX')
}

/** Loads Bull with the first queue: a process without queues does not pay for it. */
async function openQueue(name: string, createClient: (type: string) => Redis): Promise<Bull.Queue> {
  const { default: BullQueue } = await import('bull')
  const lock = env.TASK_LOCK_SECONDS * 1000
  // A whole number: Redis refuses others as a time to live, and with them Bull's look for dead workers.
  const third = Math.round(lock / 3)
  const queue = new BullQueue(name, {
    prefix: prefix(),
    createClient,
    settings: {
      lockDuration: lock,
      lockRenewTime: third,
      stalledInterval: third,
      maxStalledCount: WITHOUT_END,
      backoffStrategies: {
        again: (_attempts: number, error: Error) =>
          error instanceof RunAgain ? error.milliseconds : PAUSE_AFTER_FAULT_MS,
      },
    },
  })
  queue.on('error', (err: Error) => logger.debug('a queue cannot reach Redis', { err, queue: name }))
  queue.on('stalled', (job: Bull.Job) =>
    logger.warn('a job has lost its worker', { id: job.id, queue: name }),
  )
  return queue
}

const asBullJob = ({ id, name, due_time }: QueuedJob) => ({
  name,
  data: {},
  opts: {
    jobId: id,
    delay: Math.max(0, due_time.getTime() - now().getTime()),
    attempts: WITHOUT_END,
    backoff: { type: 'again' },
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 1,
  },
})

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queues did not answer within ${ms} ms`)), ms)
  })
  return Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
