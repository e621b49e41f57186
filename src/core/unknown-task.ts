import { env } from '../config/env'
import { now } from '../infra/clock'
import { redis } from '../infra/redis'

const KEPT_SECONDS = 86_400

/** How long a job has gone without a worker that knows its task. */
export interface Unknown {
  /** No worker met it before. */
  is_first: boolean
  /** It is left to workers that may know it, for TASK_UNKNOWN_SECONDS from the first that did not. */
  is_left: boolean
}

/** Notes that this worker does not know the task of a job. */
export async function noteUnknown(id: string): Promise<Unknown> {
  const key = `${env.CELERY_REDIS_PREFIX}:unknown:${id}`
  const moment = now().getTime()
  const isFirst = (await redis().set(key, moment, 'EX', KEPT_SECONDS, 'NX')) !== null
  const first = isFirst ? moment : Number(await redis().get(key))
  return { is_first: isFirst, is_left: moment - first < env.TASK_UNKNOWN_SECONDS * 1000 }
}
