import { inTransaction, now, reader, systemCall, type Call } from '#core'
import { outboxCrud } from '../../crud/outbox'
import { scheduleCrud, type ScheduleRow } from '../../crud/schedule'
import { tickCrud, type TickRow } from '../../crud/tick'
import { acceptRuns, begin } from './dispatch'
import { tellTicks } from './news'
import { Overlaps } from './overlap'
import { runTick, type Run } from './tick'

const MOST = 2000

/** Begins the ticks that waited for the task before them, where that has ended. @returns how many were settled */
export async function releaseHeld(): Promise<number> {
  const waiting = await tickCrud.held(reader(), MOST)
  if (waiting.length === 0) return 0
  const ids = [...new Set(waiting.map((tick) => tick.schedule_id))]
  const unfinished = await outboxCrud.ofSchedules(reader(), ids)
  const busy = new Set(unfinished.map((task) => task.schedule_id))
  const free = ids.filter((id) => !busy.has(id))
  if (free.length === 0) return 0
  const { call, settled } = await inTransaction(async (db) => {
    const own = systemCall(db)
    return { call: own, settled: await release(own, free) }
  })
  await call.committed()
  return settled
}

async function release(call: Call, scheduleIds: string[]): Promise<number> {
  const moment = now()
  const locked = await scheduleCrud.lockMany(call.db, scheduleIds)
  const rows = new Map(locked.map((row) => [row.id, row]))
  const ticks = await tickCrud.held(call.db, MOST, scheduleIds)
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

/** A schedule that runs once is switched off by the tick that is held. */
const mayRun = (row: ScheduleRow | undefined) => row !== undefined && (row.enabled || row.one_off)

const isStillBusy = ({ refusal }: Run) => refusal?.reason === 'held' || refusal?.reason === 'overlap'

async function settle(call: Call, done: { tick: TickRow; run: Run }[], moment: Date): Promise<void> {
  await acceptRuns(
    call,
    done.map(({ run }) => run),
  )
  const ticks = done.map(({ tick, run }) => ({ ...runTick(run, moment), id: tick.id }))
  for (const { id, outcome, reason, detail, task_id } of ticks)
    await tickCrud.settle(call.db, [id], { outcome, reason, detail, task_id })
  const sent = done.filter(({ run }) => run.refusal === null).map(({ run }) => run.row)
  await scheduleCrud.advance(
    call.db,
    sent.map((row) => ({ ...row, total_run_count: row.total_run_count + 1, last_run_time: moment })),
  )
  tellTicks(call, ticks)
}
