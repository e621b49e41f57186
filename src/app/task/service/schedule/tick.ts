import { nextId, type AcceptedTask } from '#core'
import type { ScheduleRow } from '../../crud/schedule'
import type { TickRow } from '../../crud/tick'
import type { Gap } from './due'
import type { Refusal } from './reason'

/** One moment at which a schedule is to run, and what came of it. */
export interface Run {
  row: ScheduleRow
  due: Date
  /** The task it asks for, until that is accepted. */
  order: AcceptedTask | null
  task_id: string | null
  refusal: Refusal | null
}

export type Tick = TickRow

export function runTick({ row, due, task_id, refusal }: Run, moment: Date): Tick {
  return {
    ...blank(row.id, due, moment),
    outcome: outcomeOf(refusal),
    reason: refusal?.reason ?? null,
    detail: refusal?.detail ?? null,
    task_id,
  }
}

function outcomeOf(refusal: Refusal | null): string {
  if (!refusal) return 'dispatched'
  return refusal.reason === 'held' ? 'held' : 'skipped'
}

export const gapTick = (scheduleId: string, { first, last, ticks, reason }: Gap, moment: Date): Tick => ({
  ...blank(scheduleId, first, moment),
  ...{ outcome: 'missed', reason, ticks, last_due_time: ticks > 1 ? last : null },
})

export const faultTick = (row: ScheduleRow, refusal: Refusal, moment: Date): Tick => ({
  ...blank(row.id, row.next_run_time ?? moment, moment),
  ...{ outcome: 'skipped', ...refusal },
})

const blank = (scheduleId: string, due: Date, moment: Date): Tick => ({
  ...{ id: nextId(), created_time: moment, schedule_id: scheduleId },
  ...{ due_time: due, last_due_time: null, ticks: 1 },
  ...{ outcome: 'dispatched', reason: null, detail: null, task_id: null },
})
