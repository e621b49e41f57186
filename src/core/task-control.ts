import { env } from '../config/env'
import { connectRedis, redis } from '../infra/redis'

const channel = () => `${env.CELERY_REDIS_PREFIX}:terminate`

/**
 * Tells whichever worker runs the task with this result id to stop it, at once. The wish itself lies in the database,
 * where the worker finds it a little later even when Redis is away.
 */
export async function terminateTask(id: string): Promise<void> {
  await redis().publish(channel(), id)
}

/** Hears of tasks that are to be stopped. @returns what ends it */
export async function onTerminate(stop: (id: string) => void): Promise<() => void> {
  const subscriber = connectRedis('subscriber')
  subscriber.on('message', (_channel, id) => stop(id))
  await subscriber.subscribe(channel())
  return () => subscriber.disconnect()
}
