import {
  GivenUp,
  inTransaction,
  now,
  redact,
  type BegunTask,
  type Db,
  type Ending,
  type Failure,
  type NotBegun,
  type Starter,
  type TaskStore,
} from '#core'
import { hostname } from 'node:os'
import { HEAD_START_MS, accept } from './accept'
import { outboxCrud } from '../crud/outbox'
import { LIVE, resultCrud, type ResultRow } from '../crud/result'

/** A task that took its worker with it this often does not get another one. */
const MOST_LOST = 5

/** Keeps tasks in `task_result`, and in `task_outbox` as long as they are not finished. */
export const store: TaskStore = { accept, begin, finish, retryLater, note }

function begin(id: string, { worker, frees_key }: Starter): Promise<BegunTask | NotBegun> {
  return inTransaction(async (db) => {
    const row = await resultCrud.get(db, id)
    if (!row || !LIVE.includes(row.status)) {
      await outboxCrud.drop(db, id)
      return 'finished'
    }
    const task = begunFrom(row)
    if (row.expire_time && row.expire_time < now()) {
      await end(db, row, endColumns({ status: 'REVOKED', reason: 'expired' }))
      return 'expired'
    }
    if (row.starts - task.retries >= MOST_LOST) {
      await end(db, row, endColumns({ status: 'FAILURE', failure: lost(row.starts - task.retries) }))
      return 'finished'
    }
    const isOurs = await resultCrud.swap(db, unchanged(row), {
      ...{ status: 'STARTED', starts: task.starts, worker, started_time: now(), retries: task.retries },
      ...{ result: JSON.stringify({ pid: process.pid, hostname: hostname() }), traceback: null },
    })
    if (isOurs && frees_key) await outboxCrud.freeKey(db, id)
    // Another worker began it in this very moment: it is in good hands.
    return isOurs ? task : 'finished'
  })
}

function finish(db: Db, task: BegunTask, ending: Ending): Promise<boolean> {
  return end(db, { id: task.id, starts: task.starts, status: 'STARTED' }, endColumns(ending))
}

async function retryLater(db: Db, task: BegunTask, failure: Failure, at: Date): Promise<boolean> {
  const isOurs = await resultCrud.swap(db, running(task), {
    ...{ status: 'RETRY', retries: task.retries + 1, date_done: null },
    ...failureColumns(failure),
  })
  // The worker puts the job back itself; should it die before, the outbox does.
  if (isOurs) await outboxCrud.reschedule(db, task.id, at, new Date(at.getTime() + HEAD_START_MS))
  return isOurs
}

/** May come a moment after the task has ended, never from a worker that lost it. */
async function note(task: BegunTask, news: { progress: number | null; log: string | null }): Promise<void> {
  const { id, starts } = task
  await inTransaction((db) => resultCrud.swap(db, { id, starts }, withoutNul(news)))
}

const running = ({ id, starts }: BegunTask) => ({ id, starts, status: 'STARTED' })
const unchanged = ({ id, starts, status }: Pick<ResultRow, 'id' | 'starts' | 'status'>) => ({
  id,
  starts,
  status,
})

/** The last state, together with leaving the outbox. */
async function end(
  db: Db,
  was: Pick<ResultRow, 'id' | 'starts' | 'status'>,
  values: Partial<ResultRow>,
): Promise<boolean> {
  const isOurs = await resultCrud.swap(db, unchanged(was), { date_done: now(), ...values })
  if (isOurs) await outboxCrud.drop(db, was.id)
  return isOurs
}

/** Columns of a final state (contract 4.1). */
export function endColumns(ending: Ending): Partial<ResultRow> {
  const { status } = ending
  if (status === 'SUCCESS') {
    const progress = 100
    return { status, result: JSON.stringify(redact(ending.result)), traceback: null, progress }
  }
  if (status === 'FAILURE') return { status, ...failureColumns(ending.failure) }
  const error = {
    exc_type: 'TaskRevokedError',
    exc_message: [ending.reason],
    exc_module: 'celery.exceptions',
  }
  return { status, result: JSON.stringify(error), traceback: null }
}

const failureColumns = ({ error, traceback }: Failure) => ({
  result: JSON.stringify(error),
  traceback: traceback.replaceAll('\0', ''),
})

const withoutNul = ({ progress, log }: { progress: number | null; log: string | null }) => ({
  ...(progress === null ? {} : { progress }),
  log: log?.replaceAll('\0', '') ?? null,
})

const lost = (times: number): Failure => {
  const error = new GivenUp(`the task took its worker with it ${times} times`)
  return {
    error: { exc_type: 'WorkerLostError', exc_message: [error.message], exc_module: 'billiard.exceptions' },
    traceback: error.stack ?? error.message,
  }
}

function begunFrom(row: ResultRow): BegunTask {
  return {
    ...{
      id: row.id,
      task_id: row.task_id,
      name: row.name ?? '',
      retries: row.retries ?? 0,
      starts: row.starts + 1,
    },
    ...{ request_id: row.request_id ?? row.task_id.replaceAll('-', ''), user_id: row.user_id },
    ...argumentsOf(row),
  }
}

/** What was stored as JSON text by `accept`. */
export function argumentsOf(row: Pick<ResultRow, 'args' | 'kwargs'>): { args: unknown[]; kwargs: object } {
  const args: unknown = JSON.parse(row.args ?? '[]')
  const kwargs: unknown = JSON.parse(row.kwargs ?? '{}')
  return {
    args: Array.isArray(args) ? args : [],
    kwargs: typeof kwargs === 'object' && kwargs !== null ? kwargs : {},
  }
}
