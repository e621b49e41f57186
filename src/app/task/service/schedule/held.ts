import { inTransaction, now, reader, systemCall, type Call } from '#core'
import { outboxCrud } from '../../crud/outbox'
import { scheduleCrud, type Progress, type ScheduleRow } from '../../crud/schedule'
import { tickCrud, type TickRow } from '../../crud/tick'
import { acceptRuns, begin } from './dispatch'
import { tellTicks } from './news'
import { Overlaps } from './overlap'
import { runTick, type Run } from './tick'

/** So many are looked at and released together. */
const BATCH = 2000

/** Begins the ticks that waited for the task before them, where that has ended. @returns how many were settled */
export async function releaseHeld(batch = BATCH): Promise<number> {
  let settled = 0
  let last: string | undefined = '0'
  while (last !== undefined) {
    const waiting = await tickCrud.heldAfter(reader(), last, batch)
    settled += await releaseFree([...new Set(waiting.map((tick) => tick.schedule_id))], batch)
    last = waiting.length < batch ? undefined : waiting.at(-1)?.id
  }
  return settled
}

async function releaseFree(ids: string[], batch: number): Promise<number> {
  if (ids.length === 0) return 0
  const unfinished = await outboxCrud.ofSchedules(reader(), ids)
  const busy = new Set(unfinished.map((task) => task.schedule_id))
  const free = ids.filter((id) => !busy.has(id))
  if (free.length === 0) return 0
  const { call, settled } = await inTransaction(async (db) => {
    const own = systemCall(db)
    return { call: own, settled: await release(own, free, batch) }
  })
  await call.committed()
  return settled
}

async function release(call: Call, scheduleIds: string[], batch: number): Promise<number> {
  const moment = now()
  const locked = await scheduleCrud.lockMany(call.db, scheduleIds)
  const rows = new Map(locked.map((row) => [row.id, row]))
  const ticks = await tickCrud.held(call.db, batch, scheduleIds)
  const overlaps = await Overlaps.read(call, locked, { isRelease: true })
  const lost = ticks.filter((tick) => !mayRun(rows.get(tick.schedule_id)))
  await tickCrud.settle(
    call.db,
    lost.map((tick) => tick.id),
    { outcome: 'skipped', reason: 'disabled' },
  )
  const done: { tick: TickRow; run: Run }[] = []
  for (const tick of ticks) {
    const row = rows.get(tick.schedule_id)
    if (!row || !mayRun(row)) continue
    const run = await begin(call, overlaps, { row, due: tick.due_time }, moment)
    if (!isStillBusy(run)) done.push({ tick, run })
  }
  await settle(call, done, moment)
  return lost.length + done.length
}

const mayRun = (row: ScheduleRow | undefined) => row?.enabled === true

const isStillBusy = ({ refusal }: Run) => refusal?.reason === 'held' || refusal?.reason === 'overlap'

async function settle(call: Call, done: { tick: TickRow; run: Run }[], moment: Date): Promise<void> {
  await acceptRuns(
    call,
    done.map(({ run }) => run),
  )
  const ticks = done.map(({ tick, run }) => ({ ...runTick(run, moment), id: tick.id }))
  for (const { id, outcome, reason, detail, task_id } of ticks)
    await tickCrud.settle(call.db, [id], { outcome, reason, detail, task_id })
  await scheduleCrud.advance(
    call.db,
    done.map(({ run }) => progressOf(run, moment)),
  )
  tellTicks(call, ticks)
}

/** One that runs once has done so, whatever came of it. */
function progressOf({ row, refusal }: Run, moment: Date): Progress & { id: string } {
  const isSent = refusal === null
  return {
    id: row.id,
    enabled: !row.one_off,
    total_run_count: row.total_run_count + (isSent ? 1 : 0),
    last_run_time: isSent ? moment : row.last_run_time,
    base_time: row.base_time,
    next_run_time: row.one_off ? null : row.next_run_time,
    problem: row.problem,
  }
}
