import { env } from '../config/env'
import { logger } from '../infra/logger'
import type { Stopper } from './stopper'
import type { BoundTask } from './task'
import { onTerminate } from './task-control'
import { taskStore } from './task-store'

/** The worker cannot bring the task to its end: another one begins it anew. */
export class Interrupted extends Error {
  constructor(reason = 'the worker ends') {
    super(reason)
    this.name = 'Interrupted'
  }
}

/** Somebody revoked the task while it ran. */
export class Revoked extends Error {
  constructor() {
    super('revoked')
    this.name = 'Revoked'
  }
}

interface Running {
  bound: BoundTask
  stopper: Stopper
  /** Otherwise it has begun and waits for its turn. */
  hasTurn: boolean
}

/** Tasks under way in this process, by id, so that they can be told to stop. */
const running = new Map<string, Running>()

/** Notes a task as under way. @returns what takes the note back */
export function noteRunning(id: string, one: Running): () => void {
  running.set(id, one)
  return () => {
    if (running.get(id) === one) running.delete(id)
  }
}

/** Aborts the signals of all tasks under way here. */
export function abortAll(reason: Error): void {
  for (const { stopper } of running.values()) stopper.abort(reason)
}

/** Aborts those of some tasks: they are begun anew where they can be. @returns whether there were any */
export function interruptTasks(tasks: readonly BoundTask[]): boolean {
  const some = [...running.values()].filter(({ bound }) => tasks.includes(bound))
  for (const { stopper } of some) stopper.abort(new Interrupted('what the task came with ends'))
  return some.length > 0
}

/** How many run, without those that wait for their turn. */
export const runningTasks = (): number => [...running.values()].filter(({ hasTurn }) => hasTurn).length

const revoke = (id: string) => running.get(id)?.stopper.abort(new Revoked())

/**
 * Keeps the tasks under way here from being given to others, and hears which of them are to be terminated: at once
 * through Redis, and with the next sign of life from the database, which forgets nothing.
 * @returns what ends it
 */
export async function holdTasks(worker: string): Promise<() => void> {
  const stopHearing = await onTerminate(revoke)
  const timer = setInterval(() => void renew(worker), (env.TASK_LOCK_SECONDS * 1000) / 3).unref()
  return () => {
    clearInterval(timer)
    stopHearing()
  }
}

async function renew(worker: string): Promise<void> {
  if (running.size === 0) return
  try {
    for (const id of await taskStore().renew(worker, [...running.keys()])) revoke(id)
  } catch (err) {
    logger.warn('a worker could not say that its tasks still run', { err, tasks: running.size })
  }
}
