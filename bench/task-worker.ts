import { setTimeout as pause } from 'node:timers/promises'
import BullQueue from 'bull'
import {
  connectRedis,
  enqueueMany,
  enqueue,
  inTransaction,
  module,
  onTaskEvent,
  reader,
  runs,
  systemCall,
  task,
  z,
} from '#core'
import { outboxCrud } from '../src/app/task/crud/outbox'
import { resultCrud } from '../src/app/task/crud/result'
import { env } from '../src/config/env'
import { start } from '../src/start'
import { median } from './line'

/** Steward's figure and that of bare Bull, of one round. */
export interface Round {
  steward: number
  bare: number
}

/** What the process under measurement tells the measuring one; latencies are in milliseconds. */
export interface TaskFigures {
  /** Jobs per second. */
  process: Round[]
  /** Jobs per second. */
  enqueue: Round[]
  /** Microseconds of processor time per job, of all threads. */
  cpu: Round[]
  latency: { median: number; p99: number }
}

const JOBS = 2000
const BULK = 500
const ROUNDS = 7
const SAMPLES = 300

let begun: (n: number) => void = () => undefined
const nothing = task({ name: 'bench.nothing', title: 'Do nothing', payload: z.object({ n: z.int() }) })
const tasks = module({
  name: 'bench-tasks',
  version: '1.0.0',
  tasks: [runs(nothing, (_call, { n }) => Promise.resolve(begun(n)))],
})

const seconds = async (work: () => Promise<void>): Promise<number> => (await cost(work)).seconds

/** How long it takes, and the processor time of this process in seconds. */
async function cost(work: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const [began, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }
}

const payloads = (from: number) => Array.from({ length: BULK }, (_, n) => ({ n: from + n }))

async function ask(from: number, delay: number): Promise<void> {
  const call = await inTransaction(async (db) => {
    const made = systemCall(db)
    await enqueueMany(made, nothing, payloads(from), { delay })
    return made
  })
  await call.committed()
}

let unfinished = 0
onTaskEvent({ happened: ({ kind }) => void (unfinished -= kind === 'succeeded' ? 1 : 0) })

/** From the first enqueueing until every result is in the database; a success is told once it is there. */
async function runSteward(): Promise<void> {
  unfinished = JOBS
  for (let n = 0; n < JOBS; n += BULK) await ask(n, 0)
  while (unfinished > 0) await pause(5)
  if ((await outboxCrud.count(reader())) > 0) throw new Error('a success was told that is not stored')
}

function bareQueue() {
  return new BullQueue(`bare-${env.TASK_CONCURRENCY}`, {
    createClient: (type) => connectRedis(type === 'client' ? 'commands' : 'blocking', 1),
  })
}

const jobs = (from: number, delay: number) =>
  payloads(from).map((data) => ({ name: 'nothing', data, opts: { delay, removeOnComplete: true } }))

async function runBare(queue: BullQueue.Queue, left: { n: number }): Promise<void> {
  left.n = JOBS
  for (let n = 0; n < JOBS; n += BULK) await queue.addBulk(jobs(n, 0))
  while (left.n > 0) await pause(5)
}

async function latency(): Promise<TaskFigures['latency']> {
  const found: number[] = []
  for (let n = 0; n < SAMPLES; n += 1) {
    const began = performance.now()
    const started = new Promise<number>((resolve) => (begun = () => resolve(performance.now())))
    await enqueue(systemCall(reader()), nothing, { n })
    found.push((await started) - began)
  }
  begun = () => undefined
  return { median: median(found), p99: [...found].sort((a, b) => a - b)[Math.floor(SAMPLES * 0.99)] ?? 0 }
}

async function measure(): Promise<TaskFigures> {
  const figures: TaskFigures = { process: [], enqueue: [], cpu: [], latency: { median: 0, p99: 0 } }
  const queue = bareQueue()
  const left = { n: 0 }
  void queue.process('nothing', env.TASK_CONCURRENCY, () => Promise.resolve((left.n -= 1)))
  await queue.isReady()
  for (let round = 0; round <= ROUNDS; round += 1) {
    const steward = await cost(runSteward)
    const bare = await cost(() => runBare(queue, left))
    const asked = BULK / (await seconds(() => ask(0, 3600)))
    const added = BULK / (await seconds(async () => void (await queue.addBulk(jobs(0, 3_600_000)))))
    await outboxCrud.purge(reader(), {})
    if (round > 0) {
      figures.process.push({ steward: JOBS / steward.seconds, bare: JOBS / bare.seconds })
      figures.cpu.push({ steward: (steward.cpu * 1e6) / JOBS, bare: (bare.cpu * 1e6) / JOBS })
      figures.enqueue.push({ steward: asked, bare: added })
    }
  }
  await resultCrud.purge(reader(), {})
  figures.latency = await latency()
  return figures
}

async function main(): Promise<void> {
  const { lifecycle } = await start({ modules: [tasks], plugins: [] })
  process.send?.(await measure())
  await lifecycle.stop()
  process.exit(0)
}

void main()
