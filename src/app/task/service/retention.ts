import { env, now, reader } from '#core'
import { resultCrud } from '../crud/result'
import { tickCrud } from '../crud/tick'

const DAY_MS = 86_400_000

/** Deletes what finished longer ago than TASK_RESULT_RETENTION_DAYS; 0 keeps everything. @returns how many rows */
export async function purgeFinished(): Promise<number> {
  const days = env.TASK_RESULT_RETENTION_DAYS
  return days === 0 ? 0 : resultCrud.purgeBefore(reader(), new Date(now().getTime() - days * DAY_MS))
}

/** Deletes the ticks that are older than TASK_TICK_RETENTION_DAYS; 0 keeps them all. @returns how many rows */
export async function purgeOldTicks(): Promise<number> {
  const days = env.TASK_TICK_RETENTION_DAYS
  return days === 0 ? 0 : tickCrud.purgeBefore(reader(), new Date(now().getTime() - days * DAY_MS))
}
