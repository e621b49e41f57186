import { env, formatTime, notFound, reader, tell, type Call, type Room, type ScheduleTick } from '#core'
import { scheduleCrud } from '../../crud/schedule'
import { WatchSchedule } from '../../schema/schedule'
import type { Tick } from './tick'

/** So many ticks share one message: thousands may be due in the same moment. */
const BATCH = 50

const roomOf = (scheduleId: string): Room => `schedule:${scheduleId}`

/** Tells whoever watches a schedule what became of its ticks, once that is committed. */
export function tellTicks(call: Call, ticks: Tick[]): void {
  call.afterCommit(() => {
    for (let at = 0; at < ticks.length; at += BATCH) {
      const some = ticks.slice(at, at + BATCH)
      const rooms = [...new Set(some.map((tick) => roomOf(tick.schedule_id)))]
      tell(rooms, 'task_schedule_ticks', { ticks: some.map(shown) })
    }
  })
}

const shown = ({ schedule_id, due_time, outcome, reason, task_id }: Tick): ScheduleTick => ({
  ...{ schedule_id, outcome, reason, task_id },
  due_time: formatTime(due_time, env.DATETIME_TIMEZONE),
})

/** The schedule that a client asks to hear of. @throws 404 */
export async function watched(payload: unknown): Promise<null> {
  const { id } = WatchSchedule.parse(payload)
  if (!(await scheduleCrud.exists(reader(), { id }))) throw notFound('scheduler.not_found')
  return null
}

export const roomsOf = (payload: unknown): Room[] => [roomOf(WatchSchedule.parse(payload).id)]
