import type { Call } from '#core'
import { tickCrud } from '../../crud/tick'
import type { Turn } from './dispatch'

/**
 * Leaves out what was dispatched before, as the table says. What was recorded as skipped or missed gives way: its time
 * has come after all.
 */
export async function withoutRecorded(call: Call, turns: Turn[]): Promise<Turn[]> {
  const moments = turns.flatMap((turn) => momentsOf(turn).map((due) => ({ schedule_id: turn.row.id, due })))
  const rows = await tickCrud.at(call.db, moments)
  const ran = new Set<string>()
  for (const row of rows)
    if (row.outcome === 'dispatched' || row.outcome === 'held') ran.add(keyOf(row.schedule_id, row.due_time))
  await tickCrud.forget(
    call.db,
    rows.filter((row) => !ran.has(keyOf(row.schedule_id, row.due_time))).map((row) => row.id),
  )
  return turns.map((turn) => ({
    ...turn,
    runs: turn.runs.filter((due) => !ran.has(keyOf(turn.row.id, due))),
    fault: turn.row.next_run_time && ran.has(keyOf(turn.row.id, turn.row.next_run_time)) ? null : turn.fault,
    gaps: turn.gaps.filter(({ first }) => !ran.has(keyOf(turn.row.id, first))),
  }))
}

const momentsOf = ({ row, runs, gaps, fault }: Turn): Date[] => [
  ...runs,
  ...gaps.map(({ first }) => first),
  ...(fault && row.next_run_time ? [row.next_run_time] : []),
]

const keyOf = (scheduleId: string, due: Date) => `${scheduleId}@${due.getTime()}`
