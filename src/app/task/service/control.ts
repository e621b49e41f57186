import {
  AppError,
  conflict,
  enqueueNamed,
  liveWorkers,
  logger,
  now,
  removeJob,
  terminateTask,
  type Call,
} from '#core'
import { outboxCrud } from '../crud/outbox'
import { LIVE, resultCrud, type ResultRow } from '../crud/result'
import type { RunTask } from '../schema/task'
import { endColumns } from './columns'

/** The tasks that live workers know, each once, sorted by identifier. @throws 500 when no worker lives */
export async function registered(): Promise<{ name: string; task: string }[]> {
  const workers = await requireWorkers()
  const known = new Map(workers.flatMap((worker) => worker.tasks.map((one) => [one.task, one])))
  return [...known.values()].sort((a, b) => (a.task < b.task ? -1 : 1))
}

/** @throws 500 when no worker lives */
export async function requireWorkers() {
  const workers = await liveWorkers()
  if (workers.length === 0) throw new AppError('task.no_worker', { status: 500 })
  return workers
}

/** For the page of schedules, which only looks whether there are any. */
export const workerStatus = async () =>
  (await liveWorkers()).map((worker) => ({ [worker.name]: { ok: 'pong' } }))

/** Runs a task now. @throws 404 for an unknown name, 422 for arguments that do not fit */
export const run = async (call: Call, input: RunTask): Promise<{ task_id: string }> => ({
  task_id: await enqueueNamed(call, input.task, { args: input.args, kwargs: input.kwargs }),
})

/**
 * Revokes a task that has not begun, at once. One that runs goes on, unless it shall be terminated: then its signal is
 * aborted. An id that nobody knows is none of our business.
 * @throws 409 when it is finished already
 */
export async function cancel(call: Call, taskId: string, terminate: boolean): Promise<void> {
  await requireWorkers()
  const row = await resultCrud.byTaskId(call.db, taskId)
  if (!row) return
  if (!LIVE.includes(row.status)) throw conflict('task.finished')
  await revoke(call, row, terminate)
}

/** Revokes an unfinished task; one that runs only where it shall be terminated. */
export async function revoke(call: Call, row: ResultRow, terminate: boolean): Promise<void> {
  const waiting = { id: row.id, status: LIVE.filter((state) => state !== 'STARTED') }
  const columns = endColumns({ status: 'REVOKED', reason: 'revoked' })
  if (await resultCrud.swap(call.db, waiting, { date_done: now(), ...columns })) {
    await outboxCrud.drop(call.db, [row.id])
    call.afterCommit(() => takeFromQueue(row.queue ?? '', row.id))
  } else if (terminate) {
    const running = { id: row.id, status: 'STARTED' }
    if (!(await resultCrud.swap(call.db, running, { terminate_time: now() }))) throw conflict('task.finished')
    call.afterCommit(() => terminateTask(row.id))
  }
}

/** Only to keep the queue short: a worker that takes the job finds that it is finished. */
async function takeFromQueue(queue: string, id: string): Promise<void> {
  try {
    await removeJob(queue, id)
  } catch (err) {
    logger.debug('a revoked job stays in its queue until a worker meets it', { err, id })
  }
}
