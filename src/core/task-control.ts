import { env } from '../config/env'
import { connectRedis, redis } from '../infra/redis'

const KEPT_SECONDS = 86_400

const channel = () => `${env.CELERY_REDIS_PREFIX}:terminate`
const flag = (id: string) => `${env.CELERY_REDIS_PREFIX}:terminated:${id}`

/** Tells whichever worker runs the task with this result id to stop it; one that is just beginning it finds the flag. */
export async function terminateTask(id: string): Promise<void> {
  await redis().set(flag(id), '1', 'EX', KEPT_SECONDS)
  await redis().publish(channel(), id)
}

export const wasTerminated = async (id: string): Promise<boolean> => (await redis().exists(flag(id))) > 0

/** Hears of tasks that are to be stopped. @returns what ends it */
export async function onTerminate(stop: (id: string) => void): Promise<() => void> {
  const subscriber = connectRedis('subscriber')
  subscriber.on('message', (_channel, id) => stop(id))
  await subscriber.subscribe(channel())
  return () => subscriber.disconnect()
}
