import { env } from '../config/env'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { Places } from '../infra/places'
import type { Task } from './task'

const RENEW_MS = 5000

const SHORTEST_MS = 200
const LONGEST_MS = 15_000
/** Of the last run times, how much the newest counts. */
const NEWEST = 0.2

/** Jobs that stepped back because their task runs often enough already: when each comes back, by task. */
const waiting = new Map<string, Map<string, number>>()
/** How long a run takes, by task, in milliseconds. */
const usual = new Map<string, number>()

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
  waiting.get(name)?.delete(id)
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

/** @returns milliseconds until a place should be free for it, so that a long queue does not ask without pause */
function stepBack(name: string, limit: number, id: string): number {
  const known = waiting.get(name) ?? new Map<string, number>()
  waiting.set(name, known)
  const moment = Date.now()
  for (const [other, until] of known) if (until < moment) known.delete(other)
  const pause = ((known.size + 1) / limit) * (usual.get(name) ?? SHORTEST_MS)
  const bounded = Math.min(Math.max(pause, SHORTEST_MS), LONGEST_MS) * (0.9 + Math.random() * 0.2)
  known.set(id, moment + bounded)
  return Math.round(bounded)
}

function learn(name: string, took: number): void {
  usual.set(name, (usual.get(name) ?? took) * (1 - NEWEST) + took * NEWEST)
}
