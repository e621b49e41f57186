import { env } from '../config/env'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { Places } from '../infra/places'
import type { Task } from './task'
import { isNext, learn, stepBack } from './waiting-line'

const RENEW_MS = 5000

/**
 * Takes one of the places of a task that may run only so often at once, on all workers together.
 * @returns what gives it back
 * @throws RunAgain when all are taken: after about as long as those need that wait already
 */
export async function takePlace(task: Task, id: string): Promise<() => Promise<void>> {
  const { name, concurrency } = task
  if (concurrency === undefined) return () => Promise.resolve()
  const places = new Places(`${env.CELERY_REDIS_PREFIX}:places:${name}`, concurrency)
  if (!(await places.take(id))) throw new RunAgain(stepBack(name, concurrency, id))
  isNext(name, id)
  const begun = Date.now()
  const timer = setInterval(() => void keep(places, id), RENEW_MS).unref()
  return async () => {
    clearInterval(timer)
    learn(name, Date.now() - begun)
    await places
      .give(id)
      .catch((err: unknown) => logger.warn('a place is given back late', { err, task: name }))
  }
}

async function keep(places: Places, id: string): Promise<void> {
  try {
    await places.renew(id)
  } catch (err) {
    logger.debug('a place could not be kept yet', { err, id })
  }
}
