import { isDatabaseBusy, isDatabaseDown } from './database-error'
import { isRedisDown } from './redis'

/** Errors that are wrapped deeper than that, or in themselves, are not looked into. */
const DEPTH = 5

/** Whether an error, or what caused it, is that the database or Redis could not serve at the moment. */
export function isAway(error: unknown): boolean {
  let one = error
  for (let depth = 0; depth < DEPTH && one instanceof Error; depth += 1, one = one.cause)
    if (isDatabaseDown(one) || isDatabaseBusy(one) || isRedisDown(one)) return true
  return false
}
