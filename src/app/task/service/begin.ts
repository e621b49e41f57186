import { hostname } from 'node:os'
import {
  GivenUp,
  allOf,
  env,
  now,
  type BegunTask,
  type Db,
  type Ending,
  type Failure,
  type NotBegun,
  type Starter,
  type TaskEvent,
} from '#core'
import { outboxCrud } from '../crud/outbox'
import { LIVE, resultCrud, type BeginRow } from '../crud/result'
import { endColumns } from './columns'

export interface Begin {
  id: string
  starter: Starter
}

/** A task that took its worker with it this often does not get another one. */
const MOST_LOST = 5

/** What is decided about a task that a worker asks for. */
type Decision =
  | { kind: 'start'; row: BeginRow; task: BegunTask; isLost: boolean }
  | { kind: 'end'; row: BeginRow; ending: Ending; isRefused?: boolean }
  | { kind: 'none'; answer: NotBegun }

/** Until when others leave a task to the worker that has begun it. */
export const leaseEnd = (): Date => new Date(now().getTime() + env.TASK_LOCK_SECONDS * 1000)

/** What a worker gets that asks for a task, and what is to be told once this is committed. */
export interface Begun {
  answer: BegunTask | NotBegun
  /** The task has ended without being begun. */
  event: TaskEvent | null
  /** Because what it was given cannot be read. */
  is_refused: boolean
}

/** Begins all of them that can be begun. @returns for each, in order, the task or why it is not begun */
export async function beginAll(db: Db, begins: Begin[]): Promise<Begun[]> {
  if (begins.length === 0) return []
  const rows = await resultCrud.toBegin(
    db,
    begins.map(({ id }) => id),
  )
  const waiting = new Map(rows.map((row) => [row.id, row]))
  const asked = new Set<string>()
  const decisions = begins.map(({ id, starter }): Decision => {
    if (asked.has(id)) return { kind: 'none', answer: { later: 1000 } }
    asked.add(id)
    return decide(waiting.get(id), starter)
  })
  const over = begins.filter((_, at) => isOver(decisions[at]))
  await allOf([
    start(db, begins, decisions),
    end(db, decisions),
    outboxCrud.drop(
      db,
      over.map(({ id }) => id),
    ),
  ])
  return decisions.map(begunBy)
}

function begunBy(one: Decision): Begun {
  if (one.kind !== 'end')
    return { answer: one.kind === 'start' ? one.task : one.answer, event: null, is_refused: false }
  const { task_id, name, queue } = one.row
  const kind = one.ending.status === 'REVOKED' ? 'revoked' : 'failed'
  const event: TaskEvent = { kind, task_id, name: name ?? '', queue: queue ?? '' }
  return { answer: 'finished', event, is_refused: one.isRefused === true }
}

const isOver = (one: Decision | undefined) =>
  one?.kind === 'end' || (one?.kind === 'none' && one.answer === 'finished')

function decide(row: BeginRow | undefined, { has_turn }: Starter): Decision {
  if (!row || !LIVE.includes(row.status)) return { kind: 'none', answer: 'finished' }
  const isLost = row.status === 'STARTED'
  const lease = isLost ? (row.lease_time?.getTime() ?? 0) - now().getTime() : 0
  if (lease > 0) return { kind: 'none', answer: { later: lease + 100 } }
  const over = (ending: Ending) => ({ kind: 'end' as const, row, ending })
  if (row.terminate_time) return over({ status: 'REVOKED', reason: 'revoked' })
  if (row.expire_time && row.expire_time < now()) return over({ status: 'REVOKED', reason: 'expired' })
  if (isLost && row.losses + 1 >= MOST_LOST) return over({ status: 'FAILURE', failure: lost(MOST_LOST) })
  // One that ends its worker would take all with it that have begun beside it, and none of them is to blame.
  if ((isLost || row.losses > 0) && !has_turn) return { kind: 'none', answer: 'turn_first' }
  try {
    return { kind: 'start', row, task: begunFrom(row), isLost }
  } catch (error) {
    return { ...over({ status: 'FAILURE', failure: unreadable(error) }), isRefused: true }
  }
}

const NONE: never[] = []

async function start(db: Db, begins: Begin[], decisions: Decision[]): Promise<void> {
  const moment = now()
  const lease = leaseEnd()
  const result = JSON.stringify({ pid: process.pid, hostname: hostname() })
  const rows = decisions.flatMap((one, at) => {
    if (one.kind !== 'start') return NONE
    const { row, task, isLost } = one
    // One literal: one that is put together takes ten times the memory.
    const values = {
      status: 'STARTED',
      result,
      started_time: moment,
      lease_time: lease,
      traceback: null,
      error: null,
      starts: task.starts,
      retries: task.retries,
      losses: row.losses + (isLost ? 1 : 0),
      worker: begins[at]?.starter.worker ?? null,
    }
    return { id: row.id, values }
  })
  await resultCrud.rewrite(db, rows)
  const freed = begins.filter(({ starter }, at) => starter.frees_key && decisions[at]?.kind === 'start')
  await outboxCrud.freeKeys(
    db,
    freed.map(({ id }) => id),
  )
}

async function end(db: Db, decisions: Decision[]): Promise<void> {
  const moment = now()
  const ended = decisions.filter((one) => one.kind === 'end')
  await resultCrud.rewrite(
    db,
    ended.map(({ row, ending }) => ({
      id: row.id,
      values: { date_done: moment, lease_time: null, ...endColumns(row.name ?? '', ending) },
    })),
  )
}

const lost = (times: number): Failure => {
  const error = new GivenUp(`the task took its worker with it ${times} times`)
  return {
    error: { exc_type: 'WorkerLostError', exc_message: [error.message], exc_module: 'billiard.exceptions' },
    traceback: error.stack ?? error.message,
  }
}

const unreadable = (error: unknown): Failure => ({
  error: { exc_type: 'DecodeError', exc_message: [String(error)], exc_module: 'kombu.exceptions' },
  traceback: String(error),
})

function begunFrom(row: BeginRow): BegunTask {
  const { args, kwargs } = argumentsOf(row)
  return {
    id: row.id,
    task_id: row.task_id,
    name: row.name ?? '',
    queue: row.queue ?? '',
    args,
    kwargs,
    log: row.log,
    retries: row.retries ?? 0,
    starts: row.starts + 1,
    request_id: row.request_id ?? row.task_id.replaceAll('-', ''),
    user_id: row.user_id,
    schedule_id: row.schedule_id,
    tick_time: row.tick_time?.toISOString() ?? null,
  }
}

/** What was stored as JSON text by `accept`. */
export function argumentsOf(row: Pick<BeginRow, 'args' | 'kwargs'>): { args: unknown[]; kwargs: object } {
  const args: unknown = JSON.parse(row.args ?? '[]')
  const kwargs: unknown = JSON.parse(row.kwargs ?? '{}')
  return {
    args: Array.isArray(args) ? args : [],
    kwargs: typeof kwargs === 'object' && kwargs !== null ? kwargs : {},
  }
}
