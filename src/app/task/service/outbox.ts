import { inTransaction, logger, now, pushAgain, reader, redis, env, whenQueuesAreNew } from '#core'
import { outboxCrud } from '../crud/outbox'

const PAUSE_MS = 1000
const BATCH = 500
/** How often a job is looked after that the queue should hold; the queue leaves alone what it has. */
const AGAIN_MS = 60_000
/** Only one process sweeps at a time, to spare the others the work; two would do no harm. */
const TURN_SECONDS = 5

/**
 * Pushes the unfinished tasks whose turn has come: those that a crash kept from the queue, and those that Redis lost.
 * @returns how many were pushed
 */
export async function sweepOutbox(): Promise<number> {
  let pushed = 0
  for (;;) {
    const seen = now()
    const rows = await outboxCrud.due(reader(), seen, BATCH)
    if (rows.length === 0) return pushed
    await pushAgain(rows)
    const again = new Date(now().getTime() + AGAIN_MS)
    await inTransaction((db) =>
      outboxCrud.postpone(
        db,
        rows.map((row) => row.id),
        seen,
        again,
      ),
    )
    pushed += rows.length
    if (rows.length < BATCH) return pushed
  }
}

/** Sweeps every second, in turns with other processes. @returns what ends it */
export function startSweeping(): () => Promise<void> {
  let isOver = false
  let sweeping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweeping.then(() => (isOver ? undefined : sweepInTurn()))
  }, PAUSE_MS).unref()
  return async () => {
    isOver = true
    clearInterval(timer)
    await sweeping
  }
}

async function sweepInTurn(): Promise<void> {
  const key = `${env.CELERY_REDIS_PREFIX}:sweep_turn`
  try {
    if ((await redis().set(key, '1', 'EX', TURN_SECONDS, 'NX')) !== 'OK') return
    try {
      await whenQueuesAreNew(() => outboxCrud.lookAgain(reader(), now()))
      const pushed = await sweepOutbox()
      if (pushed > 0) logger.debug('tasks were pushed from the outbox', { pushed })
    } finally {
      await redis().del(key)
    }
  } catch (err) {
    logger.warn('the outbox could not be swept', { err })
  }
}
