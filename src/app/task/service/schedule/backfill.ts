import { enqueue, inTransaction, invalid, now, reader, systemCall, type Call, type TaskRun } from '#core'
import { scheduleCrud, type ScheduleRow } from '../../crud/schedule'
import { tickCrud, type TickRow } from '../../crud/tick'
import type { Backfill } from '../../schema/schedule'
import { backfillSchedule } from '../../task/backfill-schedule'
import { checkTiming } from './check'
import { acceptRuns } from './dispatch'
import { tellTicks } from './news'
import { orderOf } from './order'
import { INTERVAL, planOf, timesUpTo, type Plan } from './plan'
import { refusalOf } from './reason'
import { mustFind } from './schedule'
import { runTick, type Run } from './tick'

/** So many due times at once are more than anybody wants by mistake. */
export const MOST_TIMES = 5000
const BATCH = 100

/**
 * Asks for the due times of a range to be run now, except those that were dispatched already, whatever became of their
 * tasks: those can be run again themselves. Overlap, expiry and the state of the schedule do not matter, its own ticks
 * take no notice, and its counters stay as they are.
 * @returns the id of the task that does it, and how many due times there are
 * @throws 404; 422 for a range that is empty, not over yet, or too long; 400 or 422 where the timing cannot be read
 */
export async function request(call: Call, id: string, { from, to }: Backfill) {
  const row = await mustFind(call, id)
  if (to < from) throw invalid('to', 'validation.time_order')
  if (to > now()) throw invalid('to', 'scheduler.backfill_future')
  checkTiming(row)
  const times = timesOf(row, from, to)
  if (times.length === 0) throw invalid('to', 'scheduler.backfill_nothing')
  if (times.length > MOST_TIMES) throw invalid('to', 'scheduler.backfill_too_many', { max: MOST_TIMES })
  const range = { schedule_id: id, from: from.toISOString(), to: to.toISOString() }
  return { task_id: await enqueue(call, backfillSchedule, range), ticks: times.length }
}

/** Its work, repeatable at any point: what is recorded as dispatched is not dispatched again. */
export async function backfill(
  { task_id }: Pick<Call, 'task_id'>,
  payload: { schedule_id: string; from: string; to: string },
  run: Pick<TaskRun, 'signal' | 'progress'>,
): Promise<{ dispatched: number; skipped: number }> {
  const row = await scheduleCrud.get(reader(), payload.schedule_id)
  if (!row) return { dispatched: 0, skipped: 0 }
  const range = { from: new Date(payload.from), to: new Date(payload.to) }
  const times = timesOf(row, range.from, range.to)
  const done = { dispatched: 0, skipped: 0 }
  for (let at = 0; at < times.length; at += BATCH) {
    run.signal.throwIfAborted()
    const some = times.slice(at, at + BATCH)
    const part = { times: some, end: range.to, parent: task_id }
    const dispatched = await dispatch(payload.schedule_id, part)
    done.dispatched += dispatched
    done.skipped += some.length - dispatched
    run.progress(((at + some.length) / times.length) * 100)
  }
  return done
}

function timesOf(row: ScheduleRow, from: Date, to: Date): Date[] {
  const justBefore = new Date(from.getTime() - 1)
  return timesUpTo(planBefore(row, from).next, justBefore, to, MOST_TIMES + 1)
}

/** Intervals are counted on from their base; here they are needed before it, in the same rhythm. */
function planBefore(row: ScheduleRow, from: Date): Plan {
  const base = row.base_time
  const plan = planOf(row, base)
  if (row.type !== INTERVAL || from >= base) return plan
  const length = (plan.next(base)?.getTime() ?? 0) - base.getTime()
  const steps = Math.ceil((base.getTime() - from.getTime()) / length)
  return planOf(row, new Date(base.getTime() - steps * length))
}

interface Part {
  times: Date[]
  /** Of the whole range. */
  end: Date
  /** The task of the backfill: it is what asks for the others, not their schedule. */
  parent: string | null
}

/** @returns how many were dispatched */
async function dispatch(scheduleId: string, part: Part): Promise<number> {
  const { call, dispatched } = await inTransaction(async (db) => {
    const own = systemCall(db)
    const row = await scheduleCrud.lock(db, scheduleId)
    return { call: own, dispatched: row ? await runAll(own, row, part) : 0 }
  })
  await call.committed()
  return dispatched
}

async function runAll(call: Call, row: ScheduleRow, range: Part): Promise<number> {
  const moment = now()
  const times = await notYet(call, row, range)
  const runs = times.map((due) => order(call, row, due, range.parent))
  await acceptRuns(call, runs)
  const ticks = runs.map((run) => ({
    ...runTick(run, moment),
    reason: run.refusal?.reason ?? 'backfill',
  }))
  await tickCrud.appendNew(call.db, ticks)
  tellTicks(call, ticks)
  return runs.filter((run) => run.refusal === null).length
}

function order(call: Call, row: ScheduleRow, due: Date, parent: string | null): Run {
  const moment = now()
  const none = { row, due, order: null, task_id: null }
  const occasion = { row: { ...row, expire_time: null, expire_seconds: null }, due }
  try {
    return { ...none, order: { ...orderOf(call, occasion, moment), parent_id: parent }, refusal: null }
  } catch (error) {
    return { ...none, refusal: refusalOf(error) }
  }
}

/** Those that were not dispatched; what else was recorded of them makes room. */
async function notYet(call: Call, row: ScheduleRow, { times, end }: Part): Promise<Date[]> {
  const rows = await tickCrud.at(
    call.db,
    times.map((due) => ({ schedule_id: row.id, due })),
  )
  const ran = rows.filter((tick) => tick.outcome === 'dispatched' || tick.outcome === 'held')
  for (const tick of rows) if (!ran.includes(tick)) await makeRoom(call, tick, end)
  const taken = new Set(ran.map((tick) => tick.due_time.getTime()))
  return times.filter((due) => !taken.has(due.getTime()))
}

/** A row that stands for more than the range is moved behind it. */
async function makeRoom(call: Call, tick: TickRow, end: Date): Promise<void> {
  const last = tick.last_due_time
  if (!last || last <= end) return tickCrud.forget(call.db, [tick.id])
  await tickCrud.settle(call.db, [tick.id], {
    due_time: last,
    last_due_time: null,
    ticks: Math.max(1, tick.ticks - 1),
  })
}
