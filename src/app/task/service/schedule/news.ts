import { formatTime, env, notify, type Call } from '#core'
import type { Tick } from './tick'

/** Tells whoever watches a schedule what became of its ticks, once that is committed. */
export function tellTicks(call: Call, ticks: Tick[]): void {
  for (const tick of ticks) {
    const { schedule_id, outcome, reason, task_id } = tick
    notify(call, `schedule:${schedule_id}`, 'task_schedule_tick', {
      ...{ schedule_id, outcome, reason, task_id },
      due_time: formatTime(tick.due_time, env.DATETIME_TIMEZONE),
    })
  }
}
