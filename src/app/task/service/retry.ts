import { AppError, acceptAll, conflict, notFound, prepareNamed, type AcceptedTask, type Call } from '#core'
import { LIVE, resultCrud, type ResultRow } from '../crud/result'
import { argumentsOf } from './begin'

/**
 * Runs a finished task once more with the same arguments: a new task, which knows what it repeats and acts for whoever
 * asks now.
 * @throws 404 when there is no such task, or none of its name any more; 409 while it is not finished, or its arguments
 * are no JSON; 422 when they do not fit any more
 */
export async function retry(call: Call, taskId: string): Promise<{ task_id: string }> {
  const row = await resultCrud.byTaskId(call.db, taskId)
  if (!row) throw notFound('task_result.not_found')
  if (LIVE.includes(row.status)) throw conflict('task.not_finished')
  const [id] = await acceptAll(call, [repetitionOf(call, row)])
  return { task_id: id ?? '' }
}

/** What became of tasks that were to be run again. */
export interface Retried {
  accepted: number
  /** Cannot be run any more: their task is gone, or wants other arguments. */
  refused: number
}

/** Runs finished tasks once more. */
export async function retryMany(call: Call, ids: string[]): Promise<Retried> {
  const rows = await resultCrud.getMany(call.db, ids)
  const wanted = rows.filter((row) => !LIVE.includes(row.status))
  const ready = wanted.flatMap((row) => ifPossible(call, () => repetitionOf(call, row)))
  await acceptAll(call, ready)
  return { accepted: ready.length, refused: wanted.length - ready.length }
}

const repetitionOf = (call: Call, row: ResultRow): AcceptedTask =>
  prepareNamed(call, row.name ?? '', {
    ...argumentsKeptIn(row),
    ...(row.queue !== null && { queue: row.queue }),
    ...(row.schedule_id !== null && { schedule_id: row.schedule_id }),
    ...(row.tick_time !== null && { tick_time: row.tick_time }),
    retry_of: row.id,
  })

/** @throws 409 where nobody can read them */
function argumentsKeptIn(row: ResultRow) {
  try {
    return argumentsOf(row)
  } catch {
    throw conflict('task.unreadable')
  }
}

function ifPossible(call: Call, prepare: () => AcceptedTask): AcceptedTask[] {
  try {
    return [prepare()]
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    call.log.warn('a task cannot be run again', { err: error })
    return []
  }
}
