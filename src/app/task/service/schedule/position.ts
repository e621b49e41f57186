import type { ScheduleRow } from '../../crud/schedule'
import { planOf, type Timing } from './plan'

/** Where a schedule stands: the last moment dealt with, and the next one. */
export type Position = Pick<ScheduleRow, 'base_time' | 'next_run_time'>

type Start = Timing & Pick<ScheduleRow, 'start_time' | 'last_run_time'>

/**
 * Where a schedule begins that is new, or whose timing was changed: with a start time it runs for the first time right
 * then, whatever its rhythm (contract 7.2); else when its rhythm says so, counted from now.
 * @throws TimeRuleFault, RangeError as `planOf`
 */
export function beginning(row: Start, moment: Date): Position {
  const start = row.start_time
  if (start && row.last_run_time === null) {
    planOf(row, start)
    return { base_time: start < moment ? start : moment, next_run_time: start }
  }
  const from = start && start > moment ? new Date(start.getTime() - 1) : moment
  const base = start && start > moment ? start : moment
  return { base_time: moment, next_run_time: planOf(row, base).next(from) }
}

/**
 * Where a schedule goes on that is switched on again. One that has run before and catches up once does so at once, if
 * it would have been due meanwhile (contract 7.2); the others did not miss anything, they were off.
 * @throws TimeRuleFault, RangeError as `planOf`
 */
export function resumption(row: Start & Pick<ScheduleRow, 'catch_up' | 'base_time'>, moment: Date): Position {
  const hasPast = row.last_run_time !== null && row.base_time <= moment
  if (!hasPast || row.catch_up !== 'one') return beginning(row, moment)
  const next = planOf(row, row.base_time).next(row.base_time)
  if (next && row.start_time && next < row.start_time) return beginning(row, moment)
  return { base_time: row.base_time, next_run_time: next }
}
