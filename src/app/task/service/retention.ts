import { env, inTransaction, now, reader, type Db } from '#core'
import { resultCrud } from '../crud/result'
import { tickCrud } from '../crud/tick'
import { termCrud } from '../crud/term'

const DAY_MS = 86_400_000
const BATCH = 500

/** Deletes what finished longer ago than TASK_RESULT_RETENTION_DAYS; 0 keeps everything. @returns how many rows */
export async function purgeFinished(signal?: AbortSignal): Promise<number> {
  const days = env.TASK_RESULT_RETENTION_DAYS
  if (days === 0) return 0
  const end = new Date(now().getTime() - days * DAY_MS)
  let removed = 0
  for (;;) {
    const ids = await resultCrud.oldest(reader(), end, BATCH)
    if (ids.length === 0) return removed
    removed += await inTransaction((db) => forget(db, ids))
    signal?.throwIfAborted()
  }
}

async function forget(db: Db, ids: string[]): Promise<number> {
  await termCrud.drop(db, ids)
  return resultCrud.purge(db, { id: ids })
}

/** Deletes the ticks that are older than TASK_TICK_RETENTION_DAYS; 0 keeps them all. @returns how many rows */
export async function purgeOldTicks(): Promise<number> {
  const days = env.TASK_TICK_RETENTION_DAYS
  return days === 0 ? 0 : tickCrud.purgeBefore(reader(), new Date(now().getTime() - days * DAY_MS))
}
