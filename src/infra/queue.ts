import { once } from 'node:events'
import type Bull from 'bull'
import type Redis from 'ioredis'
import { env } from '../config/env'
import { now } from './clock'
import { HeldJobs } from './held-jobs'
import { Intake } from './intake'
import { logger } from './logger'
import { addJobs, type JobEnd, type TakenJob } from './queue-scripts'
import { connectRedis, redisDatabase } from './redis'
import { removeKeysBelow } from './redis-scan'
import type { Turns } from './turns'

/**
 * The only file that knows Bull, beside the keys in `queue-scripts.ts`. A job is a name and an id and nothing else:
 * payload, state and result lie in the database, so that whatever Redis forgets can be pushed again, and pushing twice
 * is harmless.
 */
export interface QueuedJob {
  id: string
  name: string
  queue: string
  due_time: Date
}

/** Thrown by the work of a job: it is to be run again, after a pause. */
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
/** Of a wait for the next job, after which Redis is asked anew. */
const WAIT_SECONDS = 5
/** Jobs that one command adds, so that others are not kept from Redis for long. */
const MOST_AT_ONCE = 500
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
  await perQueue(jobs, async (queue, some) => {
    for (let at = 0; at < some.length; at += MOST_AT_ONCE)
      await addJobs(queue, some.slice(at, at + MOST_AT_ONCE).map(asNew), OPTIONS)
  })
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
  work: (job: TakenJob) => Promise<void>,
  isPaused = false,
): Promise<Consumer> {
  const clients: Redis[] = []
  const queue = await openQueue(name, connectInto(clients))
  const held = new HeldJobs(queue, lockMs())
  const running = new Set<Promise<void>>()
  const intake = new Intake<TakenJob>({
    take: (count) => take(queue, held, count),
    work: async (job) => {
      const again = intake.isOpen ? pauseAfter(work(job)) : Promise.resolve(GIVE_BACK_MS)
      const turn = again.then((ms) => putAway(held, { id: job.id, again: ms }))
      running.add(turn)
      void turn.then(() => running.delete(turn))
      await again
    },
    most: () => turns.most,
  })
  const consumer: Consumer = {
    pause: () => intake.pause(() => queue.pause(true, true)),
    resume: () => intake.resume(() => queue.resume(true)),
    idle: () => settled(running),
    close: async () => {
      intake.end()
      held.close()
      await Promise.race([queue.close(true), sleep(PATIENCE_MS)])
      for (const client of clients) client.disconnect()
    },
  }
  await queue.isReady()
  if (isPaused) await consumer.pause()
  // Bull looks after delayed jobs and dead workers; its own loops, of which it starts none, would take one job each.
  queue
    .process('*', 0, () => Promise.resolve())
    .then(() => intake.run())
    .catch((err: unknown) => logger.error('a queue is no longer worked on', { err, queue: name }))
  return consumer
}

async function settled(running: Set<Promise<void>>): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running)
}

const connectInto = (clients: Redis[]) => (type: string) => {
  const client = connectRedis(type === 'subscriber' ? 'subscriber' : 'blocking', broker())
  clients.push(client)
  return client
}

/** Those that wait, or the first one that comes within a while. */
async function take(queue: Bull.Queue, held: HeldJobs, count: number): Promise<TakenJob[]> {
  const jobs = await held.take(count)
  if (jobs.length > 0) return jobs
  const { bclient } = queue as unknown as Inside
  const first = await bclient.brpoplpush(queue.toKey('wait'), queue.toKey('active'), WAIT_SECONDS)
  return first === null ? [] : held.take(count, first)
}

/** The part of Bull behind its public types that is used. */
interface Inside {
  /** The connection that a pause of the queue breaks off. */
  bclient: Redis
}

/** @returns milliseconds until the job is to be taken again, or null when it is done */
const pauseAfter = (turn: Promise<void>): Promise<number | null> =>
  turn.then(
    () => null,
    (err: unknown) => (err instanceof RunAgain ? err.milliseconds : PAUSE_AFTER_FAULT_MS),
  )

async function putAway(held: HeldJobs, end: JobEnd): Promise<void> {
  try {
    await held.end(end)
  } catch (err) {
    // Its lock runs out, and it is taken again.
    logger.debug('a job could not be put away', { err })
  }
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

const broker = () => env.CELERY_BROKER_REDIS_DATABASE

const lockMs = () => env.TASK_LOCK_SECONDS * 1000

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
  const key = `${prefix()}:run`
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
  const lock = lockMs()
  // A whole number: Redis refuses others as a time to live, and with them Bull's look for dead workers.
  const third = Math.round(lock / 3)
  const queue = new BullQueue(name, {
    prefix: prefix(),
    createClient,
    settings: { lockDuration: lock, stalledInterval: third, maxStalledCount: WITHOUT_END },
  })
  queue.on('error', (err: Error) => logger.debug('a queue cannot reach Redis', { err, queue: name }))
  queue.on('stalled', (job: Bull.Job) =>
    logger.warn('a job has lost its worker', { id: job.id, queue: name }),
  )
  return queue
}

const asNew = ({ id, name, due_time }: QueuedJob) => ({
  ...{ id, name, delay: Math.max(0, due_time.getTime() - now().getTime()) },
})

/** For Bull, should a worker of an older version hand it the job. */
const OPTIONS = JSON.stringify({
  attempts: WITHOUT_END,
  backoff: { type: 'again' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
})

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queues did not answer within ${ms} ms`)), ms)
  })
  return Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
