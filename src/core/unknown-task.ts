import { env } from '../config/env'
import { now } from '../infra/clock'
import { redis } from '../infra/redis'

const KEPT_SECONDS = 86_400

/**
 * Whether a job whose task this worker does not know shall be left to workers that do, as it is for
 * TASK_UNKNOWN_SECONDS from the moment in which the first worker did not know it.
 */
export async function isLeftToOthers(id: string): Promise<boolean> {
  const key = `${env.CELERY_REDIS_PREFIX}:unknown:${id}`
  const moment = now().getTime()
  await redis().set(key, moment, 'EX', KEPT_SECONDS, 'NX')
  const first = Number(await redis().get(key))
  return moment - first < env.TASK_UNKNOWN_SECONDS * 1000
}
