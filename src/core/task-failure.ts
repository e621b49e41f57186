import { types } from 'node:util'
import { BaseError, DatabaseError } from 'sequelize'
import { ZodError } from 'zod'
import { env } from '../config/env'
import { AppError } from '../common/errors'
import { isDataError } from '../infra/dialect'
import { isRedisDown } from '../infra/redis'
import { GivenUp, type Task } from './task'
import type { Failure } from './task-store'

const USUAL_PAUSE = 10
const LONGEST_PAUSE = 3600
/** The pause of tasks that say nothing, in seconds (contract 3). */
const OUTAGE_PAUSE = 180

/** A failed attempt as its result keeps it. */
export function failureOf(error: unknown): Failure {
  const known = types.isNativeError(error) ? error : new Error(words(error))
  const name = known.name === 'Error' ? known.constructor.name : known.name
  return {
    error: { exc_type: name, exc_message: [known.message], exc_module: moduleOf(known) },
    traceback: typeof known.stack === 'string' ? known.stack : `${name}: ${known.message}`,
  }
}

/** Whatever was thrown, in words; there are values that cannot even be told. */
function words(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something was thrown that has no text'
  }
}

function moduleOf(error: Error): string {
  if (error instanceof BaseError) return 'sequelize'
  if (error instanceof ZodError) return 'zod'
  return error instanceof AppError ? 'steward' : 'builtins'
}

/**
 * Seconds until the next attempt, or null when there is none: attempts are used up, or the fault would be the same.
 * @param retries used up so far
 */
export function pauseBefore(task: Task, retries: number, error: unknown): number | null {
  if (isFinal(error) || task.final_errors?.some((kind) => error instanceof kind)) return null
  if (task.attempts === undefined) {
    return isOutage(error) && retries < env.CELERY_TASK_MAX_RETRIES ? spread(OUTAGE_PAUSE) : null
  }
  if (retries + 1 >= task.attempts) return null
  const first = task.pause ?? USUAL_PAUSE
  return spread(
    task.backoff === 'fixed' ? first : Math.min(first * 2 ** Math.min(retries, 30), LONGEST_PAUSE),
  )
}

/** What a rule of ours refuses, or a payload that does not fit, will be refused again. */
function isFinal(error: unknown): boolean {
  if (error instanceof GivenUp || error instanceof ZodError) return true
  return error instanceof AppError && error.status < 500
}

/** It lies neither in the task nor in its payload: the database or Redis is away, or somebody said "not now" (503). */
const isOutage = (error: unknown) =>
  isRedisDown(error) || isDatabaseFault(error) || (error instanceof AppError && error.status === 503)

const isDatabaseFault = (error: unknown) =>
  error instanceof BaseError && !(isDataError(error) && error instanceof DatabaseError)

/** Half of it to all of it, so that what failed together is not tried again together. */
const spread = (seconds: number) => seconds / 2 + (Math.random() * seconds) / 2
