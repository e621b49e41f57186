import { setTimeout as sleep } from 'node:timers/promises'
import { env } from '../config/env'
import type { CurrentUser } from '../common/types'
import { inTransaction, reader } from '../infra/database'
import type { Db } from '../infra/db'
import { now } from '../infra/clock'
import { beginChange, type Change } from '../infra/epoch'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { rowFilter } from '../security/data-scope'
import { uniquenessOf } from './accept-task'
import { Call } from './call'
import { giveUp, type BoundTask, type TaskRun } from './task'
import { failureOf, pauseBefore } from './task-failure'
import { TaskNews } from './task-news'
import { payloadOf, taskNamed } from './task-registry'
import { wasTerminated } from './task-control'
import { taskStore, type BegunTask, type Ending } from './task-store'

export interface TaskHost {
  /** Name of this worker as results show it. */
  worker: string
  /** The user a task acts for, with the rights of this moment. @throws when there is no such user any more */
  currentUser(id: string): Promise<CurrentUser>
}

/** How long a function may go on after its signal was aborted because of its time limit. */
const GRACE_MS = 5000
const UNREACHABLE_MS = 5000
/** Somebody else has the task, or it was revoked: what this worker did is rolled back and forgotten. */
class Overtaken extends Error {}

/** Tasks under way in this process, by id, so that they can be told to stop. */
const running = new Map<string, AbortController>()

/** Aborts the signals of all tasks under way here. */
export function abortAll(reason: Error): void {
  for (const controller of running.values()) controller.abort(reason)
}

/** Aborts one task if it runs here. @returns whether it does */
export function abortTask(id: string, reason: Error): boolean {
  running.get(id)?.abort(reason)
  return running.has(id)
}

export const runningTasks = (): number => running.size

/**
 * Runs the task of a job from beginning to the state it ends in. The job may leave the queue as soon as this returns,
 * since by then everything about it is in the database.
 * @throws RunAgain when the task has to be run again
 */
export async function runTask({ id, name }: { id: string; name: string }, host: TaskHost): Promise<void> {
  const bound = taskNamed(name)
  const task = await reachable(() =>
    taskStore().begin(id, { worker: host.worker, frees_key: freesKey(bound) }),
  )
  if (task === 'finished' || task === 'expired') return
  const log = logger.child({ request_id: task.request_id, task_id: task.task_id, task: task.name })
  const news = new TaskNews(task)
  const stopper = new AbortController()
  running.set(id, stopper)
  try {
    if (await isRevoked(id)) stopper.abort(new Revoked())
    await attempt({ task, host, news, stopper, log })
  } finally {
    running.delete(id)
    await news.end()
  }
}

const freesKey = (bound: BoundTask | null): boolean => {
  const unique = bound?.task.unique
  return unique ? uniquenessOf(unique).while === 'waiting' : false
}

interface Attempt {
  task: BegunTask
  host: TaskHost
  news: TaskNews
  stopper: AbortController
  log: Call['log']
}

async function attempt(one: Attempt): Promise<void> {
  const bound = taskNamed(one.task.name)
  try {
    if (!bound) throw giveUp(`there is no task ${one.task.name} here`)
    await perform(one, bound)
  } catch (error) {
    if (error instanceof Overtaken) {
      one.log.warn('a task was taken over or revoked while it ran; what it changed is rolled back')
      return
    }
    await failed(one, bound, error)
  }
}

async function perform(one: Attempt, bound: BoundTask): Promise<void> {
  const { task, host } = one
  const user = task.user_id === null ? null : await host.currentUser(task.user_id)
  one.stopper.signal.throwIfAborted()
  const payload = payloadOf(bound.task, task.args, task.kwargs)
  const work = (call: Call) => withinTime(one, bound, (run) => bound.run(call, payload, run))
  if (bound.task.transaction) return performInTransaction(one, user, work)
  const call = makeCall(one, reader(rowsFor(user)), user)
  const result = keepable(await work(call))
  await announce(call, () => ended(one, { status: 'SUCCESS', result }))
  await call.committed()
}

/** The changes and the success are one commit: whoever was overtaken meanwhile leaves nothing behind. */
async function performInTransaction(
  one: Attempt,
  user: CurrentUser | null,
  work: (call: Call) => Promise<unknown>,
): Promise<void> {
  const changing: Change[] = []
  let call: Call | undefined
  let last: Call | undefined
  try {
    call = await inTransaction(
      async (db) => {
        const own = (last = makeCall(one, db, user))
        const result = keepable(await work(own))
        if (!(await taskStore().finish(db, one.task, { status: 'SUCCESS', result }))) throw new Overtaken()
        if (own.outdated.length > 0) changing.push(await beginChange(own.outdated, undefined, own.log))
        return own
      },
      { rows: rowsFor(user), rolledBack: async (again) => last?.rolledBack(again) },
    )
  } finally {
    for (const change of changing) await change.done()
  }
  await call.committed()
}

/** @throws TypeError when JSON cannot hold it: a fault of the task, not of the database */
function keepable(result: unknown): unknown {
  JSON.stringify(result)
  return typeof result === 'function' || typeof result === 'symbol' ? null : (result ?? null)
}

/** Marks cached rights as changing before the end is written, and announces the change after it. */
async function announce(call: Call, write: () => Promise<void>): Promise<void> {
  const change = call.outdated.length > 0 ? await beginChange(call.outdated, undefined, call.log) : null
  try {
    await write()
  } finally {
    await change?.done()
  }
}

async function failed(one: Attempt, bound: BoundTask | null, error: unknown): Promise<void> {
  const { task, log } = one
  if (error instanceof Interrupted) throw new RunAgain(UNREACHABLE_MS)
  if (error instanceof Revoked) return ended(one, { status: 'REVOKED', reason: 'revoked' })
  const failure = failureOf(error)
  const pause = bound ? pauseBefore(bound.task, task.retries, error) : null
  if (pause === null) {
    log.error('a task failed', { err: error })
    return ended(one, { status: 'FAILURE', failure })
  }
  log.warn('a task failed and will be tried again', { err: error, seconds: Math.round(pause) })
  const at = new Date(now().getTime() + pause * 1000)
  const isOurs = await reachable(() => inTransaction((db) => taskStore().retryLater(db, task, failure, at)))
  if (isOurs) throw new RunAgain(pause * 1000)
}

async function ended(one: Attempt, ending: Ending): Promise<void> {
  const isOurs = await reachable(() => inTransaction((db) => taskStore().finish(db, one.task, ending)))
  if (!isOurs) one.log.warn('a task was taken over or revoked while it ran', { status: ending.status })
}

/** A wish that came between the beginning of the task and its place in `running`. */
const isRevoked = (id: string) =>
  wasTerminated(id).catch((err: unknown) => {
    logger.warn('it is not known whether a task was revoked; it runs', { err, id })
    return false
  })

/** The worker has to end before the task has: another one begins it anew. */
export class Interrupted extends Error {
  constructor() {
    super('the worker ends')
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

/** Runs the function; an aborted signal is given a little time to take effect, then it counts as failed. */
async function withinTime<T>(
  { task, news, stopper }: Attempt,
  bound: BoundTask,
  work: (run: TaskRun) => Promise<T>,
): Promise<T> {
  const { signal } = stopper
  const seconds = bound.task.timeout
  const timer = seconds
    ? setTimeout(() => stopper.abort(new Error(`not done within ${seconds} s`)), seconds * 1000)
    : undefined
  const over = new AbortController()
  try {
    const doing = work({
      ...{ key: task.task_id, retries: task.retries, signal },
      progress: (percent) => news.progress(percent),
      log: (line) => news.log(line),
    })
    return await Promise.race([doing, afterGrace(signal, over.signal)])
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    over.abort()
  }
}

/** Rejects a while after `signal`, and never once `over`. */
function afterGrace(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => {
      sleep(GRACE_MS, undefined, { signal: over, ref: false }).then(
        () => reject(new Error('did not heed its signal')),
        () => undefined,
      )
    }
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

/** Pauses between tries to reach the database, in milliseconds. */
const PAUSES = [100, 300, 1000, 3000, 5000]

/** The work is done; a database that is away for a moment must not make it be done again. */
async function reachable<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work()
    } catch (err) {
      logger.warn('the state of a task could not be written; trying again', { err })
      await sleep(pause)
    }
  }
  try {
    return await work()
  } catch (error) {
    logger.error('the state of a task could not be written; it will be run again', { err: error })
    throw new RunAgain(UNREACHABLE_MS)
  }
}

const rowsFor = (user: CurrentUser | null) =>
  user ? (model: Parameters<Db['rows']>[0]) => rowFilter(user, model) : undefined

const makeCall = ({ task, log }: Attempt, db: Db, user: CurrentUser | null): Call =>
  new Call({
    ...{ id: task.request_id, user, db, log, language: env.I18N_DEFAULT_LANGUAGE },
    client: { ip: '127.0.0.1', user_agent: null },
  })
