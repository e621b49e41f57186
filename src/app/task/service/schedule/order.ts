import { prepareNamed, type AcceptedTask, type Call } from '#core'
import type { ScheduleRow } from '../../crud/schedule'
import { argumentsOf } from './arguments'
import type { Run } from './tick'

/** A schedule and one of its due times. */
export type Occasion = Pick<Run, 'row' | 'due'>

/**
 * The task that a tick of a schedule asks for, ready to be accepted.
 * @throws AppError for an unknown task or arguments that do not fit; BrokenArguments
 */
export function orderOf(call: Call, { row, due }: Occasion, moment: Date): AcceptedTask {
  const delay = Math.random() * row.jitter_seconds
  const expires = expiryOf(row, moment, delay)
  return prepareNamed(call, row.task, {
    ...argumentsOf(row),
    ...{ delay, schedule_id: row.id, tick_time: due },
    ...(expires && { expires }),
    ...(row.queue && { queue: row.queue }),
  })
}

/** Not begun after this: a moment of its own, or so long after it is sent. */
function expiryOf(row: ScheduleRow, moment: Date, delay: number): Date | null {
  if (row.expire_time) return row.expire_time
  return row.expire_seconds === null ? null : new Date(moment.getTime() + (delay + row.expire_seconds) * 1000)
}
