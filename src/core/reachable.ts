import { setTimeout as sleep } from 'node:timers/promises'
import { isDataError } from '../infra/dialect'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'

/** Pauses between tries to reach the database, in milliseconds. */
const PAUSES = [100, 300, 1000, 3000, 5000]
const UNREACHABLE_MS = 5000

/**
 * Writes the state of a task. A database that is away for a moment must not make work be done again.
 * @throws RunAgain when it stays away; what the database refuses because of the values, at once
 */
export function reachable<T>(write: () => Promise<T>): Promise<T> {
  try {
    return write().catch((err: unknown) => again(write, err))
  } catch (err) {
    return again(write, err)
  }
}

async function again<T>(write: () => Promise<T>, failed: unknown): Promise<T> {
  let err = failed
  for (const pause of PAUSES) {
    if (isDataError(err)) throw err
    logger.warn('the state of a task could not be written; trying again', { err })
    await sleep(pause)
    try {
      return await write()
    } catch (error) {
      err = error
    }
  }
  logger.error('the state of a task could not be written; it will be run again', { err })
  throw new RunAgain(UNREACHABLE_MS)
}
