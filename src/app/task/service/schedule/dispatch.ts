import { acceptAll, inTransaction, isDataError, isUniqueViolation, now, systemCall, type Call } from '#core'
import { scheduleCrud, type Progress, type ScheduleRow } from '../../crud/schedule'
import { tickCrud } from '../../crud/tick'
import { dueOf, type Due } from './due'
import { tellTicks } from './news'
import { orderOf, type Occasion } from './order'
import { Overlaps } from './overlap'
import { isOwnFault, refusalOf, type Refusal } from './reason'
import { withoutRecorded } from './recorded'
import { faultTick, gapTick, runTick, type Run, type Tick } from './tick'

/** How many schedules share one transaction. */
const BATCH = 500
/** And how many runs, as far as one schedule alone does not need more. */
const MOST_RUNS = 1000

/** A schedule whose time has come, and what is to be done about it. */
export interface Turn extends Due {
  row: ScheduleRow
  /** Why its timing cannot be read. */
  fault: Refusal | null
}

/**
 * Deals with the schedules whose time has come, as many as fit into one transaction: their ticks, the tasks these lead
 * to and the schedules' own progress are there together or not at all. Any number of schedulers may do this at once:
 * they wait for each other's rows, and a tick that is recorded already is not dealt with again.
 * @returns how many schedules were dealt with
 */
export async function dispatchDue(limit = BATCH): Promise<number> {
  const { call, dealt } = await dispatch(limit)
  await call.committed()
  return dealt
}

/** The same until nothing is due or `isOver`; what follows a commit is done beside the next transaction. */
export async function dispatchAllDue(isOver: () => boolean): Promise<void> {
  let telling = Promise.resolve()
  let dealt = 1
  while (dealt > 0 && !isOver()) {
    const one = await dispatch(BATCH)
    await telling
    telling = one.call.committed()
    dealt = one.dealt
  }
  await telling
}

interface Dispatched {
  call: Call
  dealt: number
}

async function dispatch(limit: number): Promise<Dispatched> {
  try {
    return await dispatchTogether(limit)
  } catch (error) {
    // One row is to blame; alone, it shows itself.
    if (isDataError(error)) return limit > 1 ? dispatch(1) : attempt(1, broken(error))
    throw error
  }
}

async function dispatchTogether(limit: number): Promise<Dispatched> {
  try {
    return await attempt(limit, (_call, turns) => Promise.resolve(turns))
  } catch (error) {
    // Recorded before: a clock went back, or a schedule was edited back and forth within one tick.
    if (isUniqueViolation(error)) return attempt(limit, withoutRecorded)
    throw error
  }
}

function attempt(limit: number, sift: (call: Call, turns: Turn[]) => Promise<Turn[]>): Promise<Dispatched> {
  return inTransaction(async (db) => {
    const call = systemCall(db)
    const moment = now()
    const rows = await scheduleCrud.lockDue(db, moment, limit)
    const turns = bounded(rows, moment)
    await take(call, await sift(call, turns), moment)
    return { call, dealt: turns.length }
  })
}

/** What the database does not take is recorded as a fault of the row. */
const broken = (error: unknown) => (call: Call, turns: Turn[]) =>
  withoutRecorded(
    call,
    turns.map((turn) => ({ ...turn, runs: [], gaps: [], fault: refusalOf(error) })),
  )

/**
 * Those that fit into one transaction. Schedules that catch up with all come last: they may need many turns, in which
 * the others must not wait.
 */
function bounded(rows: ScheduleRow[], moment: Date): Turn[] {
  const turns: Turn[] = []
  let runs = 0
  const isMuch = (row: ScheduleRow) => row.catch_up === 'all'
  for (const row of [...rows.filter((one) => !isMuch(one)), ...rows.filter(isMuch)]) {
    if (runs >= MOST_RUNS) return turns
    const turn = decide(row, moment)
    runs += turn.runs.length
    turns.push(turn)
  }
  return turns
}

/** A row that cannot be read stops nobody: it waits, with the reason shown, until somebody edits it. */
function decide(row: ScheduleRow, moment: Date): Turn {
  try {
    return { row, fault: null, ...dueOf(row, row.next_run_time ?? moment, moment) }
  } catch (error) {
    return { row, fault: refusalOf(error), runs: [], gaps: [], base: moment, next: null }
  }
}

async function take(call: Call, turns: Turn[], moment: Date): Promise<void> {
  if (turns.length === 0) return
  const overlaps = await Overlaps.read(
    call,
    turns.map(({ row }) => row),
  )
  const done: { turn: Turn; runs: Run[] }[] = []
  for (const turn of turns) {
    const runs: Run[] = []
    for (const due of turn.runs) runs.push(await begin(call, overlaps, { row: turn.row, due }, moment))
    done.push({ turn, runs })
  }
  await acceptRuns(
    call,
    done.flatMap(({ runs }) => runs),
  )
  const ticks = done.flatMap(({ turn, runs }) => ticksOf(turn, runs, moment))
  await tickCrud.appendNew(call.db, ticks)
  await scheduleCrud.advance(
    call.db,
    done.map(({ turn, runs }) => progressOf(turn, runs, moment)),
  )
  tellTicks(call, ticks)
}

/** What becomes of one tick, as far as this is known before its task is accepted. */
export async function begin(
  call: Call,
  overlaps: Overlaps,
  { row, due }: Occasion,
  moment: Date,
): Promise<Run> {
  const none = { row, due, order: null, task_id: null }
  const verdict = await overlaps.verdict(call, row)
  if (verdict === 'skip') return { ...none, refusal: { reason: 'overlap', detail: null } }
  if (verdict === 'hold') return { ...none, refusal: { reason: 'held', detail: null } }
  try {
    return { ...none, order: orderOf(call, { row, due }, moment), refusal: null }
  } catch (error) {
    overlaps.release(row)
    return { ...none, refusal: refusalOf(error) }
  }
}

/** Accepts the tasks of all runs together; one that equals an unfinished task of its kind leads to that one. */
export async function acceptRuns(call: Call, runs: Run[]): Promise<void> {
  const asked = runs.flatMap((run) => (run.order ? [{ run, order: run.order }] : []))
  if (asked.length === 0) return
  const ids = await acceptAll(
    call,
    asked.map(({ order }) => order),
  )
  for (const [at, { run, order }] of asked.entries()) {
    run.task_id = ids[at] ?? order.task_id
    if (run.task_id !== order.task_id) run.refusal = { reason: 'same_task', detail: null }
  }
}

function ticksOf({ row, gaps, fault }: Turn, runs: Run[], moment: Date): Tick[] {
  return [
    ...gaps.map((gap) => gapTick(row.id, gap, moment)),
    ...runs.map((run) => runTick(run, moment)),
    ...(fault ? [faultTick(row, fault, moment)] : []),
  ]
}

/** The row as it stands after its turn. */
function progressOf({ row, base, next, fault }: Turn, runs: Run[], moment: Date): Progress & { id: string } {
  const sent = runs.filter((run) => run.refusal === null).length
  const last = runs.at(-1)?.refusal ?? fault
  const isHeld = runs.some((run) => run.refusal?.reason === 'held')
  const isOver = (row.expire_time !== null && row.expire_time <= moment) || (row.one_off && sent > 0)
  return {
    id: row.id,
    enabled: !isOver,
    total_run_count: row.total_run_count + sent,
    last_run_time: sent > 0 ? moment : row.last_run_time,
    base_time: base,
    // One that runs once stays on while its tick is held, so that it can be switched off.
    next_run_time: isOver || (row.one_off && isHeld) ? null : next,
    problem: last && isOwnFault(last.reason) ? last.reason : null,
  }
}
