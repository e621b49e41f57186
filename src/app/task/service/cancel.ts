import {
  conflict,
  inTransaction,
  logger,
  now,
  removeJob,
  tellTaskEvent,
  terminateTask,
  type Call,
  type Db,
} from '#core'
import { outboxCrud } from '../crud/outbox'
import { LIVE, WAITING, resultCrud, type ResultRow } from '../crud/result'
import { endColumns } from './columns'
import { requireWorkers } from './control'

/**
 * Revokes a task that has not begun, at once. One that runs goes on, unless it shall be terminated: then its signal is
 * aborted. An id that nobody knows is none of our business.
 * @throws 409 when it is finished already, 500 when no worker lives
 */
export async function cancel(call: Call, taskId: string, terminate: boolean): Promise<void> {
  await requireWorkers()
  const row = await resultCrud.byTaskId(call.db, taskId)
  if (!row) return
  if (!LIVE.includes(row.status)) throw conflict('task.finished')
  await stopTasks(call, [row.id], terminate)
}

/** Revokes those that have not begun; those that run only where they shall be terminated. */
export async function stopTasks(call: Call, ids: string[], terminate: boolean): Promise<void> {
  const { revoked, running } = await stopIn(call.db, ids, terminate)
  call.afterCommit(() => takeFromQueues(revoked))
  call.afterCommit(() => terminateAll(running))
}

/** What became of tasks that were to be cancelled. */
export interface Cancelled {
  /** Had not begun, and never will. */
  revoked: number
  /** Run, and were told to stop. */
  told: number
}

/** Cancels tasks by their ids, in a transaction of its own; finished ones are left alone. */
export async function cancelMany(ids: string[], terminate: boolean): Promise<Cancelled> {
  const { revoked, running } = await inTransaction((db) => stopIn(db, ids, terminate))
  await takeFromQueues(revoked)
  await terminateAll(running)
  return { revoked: revoked.length, told: running.length }
}

type Waiting = Pick<ResultRow, 'id' | 'task_id' | 'name' | 'queue'>

async function stopIn(db: Db, ids: string[], terminate: boolean) {
  // Else one that runs at the first look and waits at the second, to be run again, would be missed by both.
  await resultCrud.lockStates(db, ids)
  const revoked = await revoke(db, ids)
  return { revoked, running: terminate ? await resultCrud.terminate(db, ids, now()) : [] }
}

const terminateAll = async (ids: string[]) => void (await Promise.all(ids.map(terminateTask)))

/** Those among them that wait are over. @returns them */
async function revoke(db: Db, ids: string[]): Promise<Waiting[]> {
  const rows = await resultCrud.waiting(db, ids)
  const waiting = rows.map((row) => row.id)
  if (waiting.length === 0) return []
  const columns = endColumns('', { status: 'REVOKED', reason: 'revoked' })
  await resultCrud.swapAll(db, { id: waiting, status: WAITING }, { date_done: now(), ...columns })
  await outboxCrud.drop(db, waiting)
  return rows
}

/** Only to keep the queues short: a worker that takes such a job finds that it is finished. */
async function takeFromQueues(rows: Waiting[]): Promise<void> {
  for (const { task_id, name, queue } of rows)
    tellTaskEvent({ kind: 'revoked', task_id, name: name ?? '', queue: queue ?? '' })
  try {
    await Promise.all(rows.map(({ id, queue }) => removeJob(queue ?? '', id)))
  } catch (err) {
    logger.debug('revoked jobs stay in their queue until a worker meets them', { err, jobs: rows.length })
  }
}
