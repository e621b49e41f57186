import {
  conflict,
  env,
  invalid,
  liveWorkers,
  logger,
  notFound,
  queueLength,
  queues,
  type Call,
  type WorkerReport,
} from '#core'
import { outboxCrud } from '../crud/outbox'
import { queueCrud } from '../crud/queue'
import type { QueueState } from '../schema/monitor'
import type { Matching } from '../schema/result'
import { CONTROL_QUEUE } from '../task/matching'
import { cancelAll } from './matching'

/** Every queue that a task, a worker or an unfinished task names, by name. */
export async function list(call: Call): Promise<QueueState[]> {
  const workers = await liveWorkers()
  const accepted = await outboxCrud.perQueue(call.db)
  const paused = new Set(await queueCrud.paused(call.db))
  const names = new Set([...namesOf(workers), ...accepted.keys(), ...paused])
  return Promise.all(
    [...names].sort().map(async (name) => ({
      ...{ name, paused: paused.has(name), accepted: accepted.get(name) ?? 0 },
      ...(await lengthOf(name)),
      ...consumption(workers, name),
    })),
  )
}

const namesOf = (workers: WorkerReport[]) => [
  ...queues(env.TASK_CONCURRENCY).keys(),
  ...workers.flatMap((worker) => Object.keys(worker.queues)),
]

const UNKNOWN = { waiting: null, delayed: null, active: null }

const lengthOf = (name: string) =>
  queueLength(name).catch((err: unknown) => {
    logger.warn('the length of a queue could not be read', { err, queue: name })
    return UNKNOWN
  })

function consumption(workers: WorkerReport[], name: string) {
  const each = workers.flatMap((worker) => worker.queues[name] ?? [])
  return { consumers: each.length, concurrency: each.reduce((sum, one) => sum + one, 0) }
}

/**
 * No worker begins a task of the queue any more, within a second or two; those under way go on.
 * @throws 404 for an unknown queue, 409 for the one that orders about others come through
 */
export async function pause(call: Call, name: string): Promise<void> {
  if (name === CONTROL_QUEUE) throw conflict('task.queue_never_paused')
  await wish(call, name, true)
}

/** Takes back a pause. @throws 404 for an unknown queue */
export const resume = (call: Call, name: string): Promise<void> => wish(call, name, false)

async function wish(call: Call, name: string, paused: boolean): Promise<void> {
  await requireQueue(call, name)
  const row = await queueCrud.byName(call.db, name)
  if (row) await queueCrud.update(call.db, row.id, { paused })
  else await queueCrud.create(call.db, { name, paused })
}

/** Revokes all that waits in a queue, by a task of its own. @throws 404 for an unknown queue, 422 unless confirmed */
export async function drain(call: Call, name: string, confirm: string): Promise<Matching> {
  await requireQueue(call, name)
  if (confirm !== name) throw invalid('confirm', 'task.drain_unconfirmed', { name })
  return cancelAll(call, { queue: name, terminate: false, dry_run: false })
}

async function requireQueue(call: Call, name: string): Promise<void> {
  if (namesOf(await liveWorkers()).includes(name)) return
  if (await outboxCrud.exists(call.db, { queue: name })) return
  if (!(await queueCrud.byName(call.db, name))) throw notFound('task.queue_unknown')
}
