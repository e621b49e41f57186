import { now } from '../infra/clock'
import { isDataError } from '../infra/dialect'
import type { Logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { countTask } from '../infra/task-metrics'
import { checkArguments } from './accept-task'
import { Overtaken, type Performed } from './perform-task'
import { reachable } from './reachable'
import { Interrupted, Revoked } from './running-tasks'
import { failureOf, pauseBefore } from './task-failure'
import type { Task } from './task'
import type { TaskNews } from './task-news'
import { tellTaskEvent, type TaskEvent } from './task-event'
import { taskStore, type BegunTask, type Failure, type Outcome } from './task-store'

/** One run of a task that this worker has begun. */
export interface Attempt {
  task: BegunTask
  declared: Task
  news: TaskNews
  log: Logger
}

/** A failure that was described, and judged, in another process. */
export class FailedElsewhere extends Error {
  /** @param pause seconds until the next attempt, or null */
  constructor(
    readonly failure: Failure,
    readonly pause: number | null,
  ) {
    super(failure.error.exc_message.join(' '))
    this.name = failure.error.exc_type
    this.stack = failure.traceback
  }
}

/** Pause before a task that was handed back is taken again, in milliseconds. */
export const HAND_BACK_MS = 100

/**
 * Does the work when its turn has come, and writes how it ended.
 * @throws RunAgain when the task has to be run again
 */
export async function attempt(
  one: Attempt,
  work: () => Promise<Performed>,
  turn: () => Promise<() => void>,
): Promise<void> {
  happened(one, 'received')
  let begun: number | undefined
  let performed: Performed
  try {
    const end = await turn()
    begun = performance.now()
    happened(one, 'started')
    performed = await work().finally(end)
    if (!performed.is_written) await succeeded(one, performed.result)
  } catch (error) {
    return failed({ ...one, begun }, error)
  }
  happened(one, 'succeeded', begun)
  await performed.committed()
}

type Begun = Attempt & { begun?: number | undefined }

/** @param begun when its function began, where its end is told */
function happened({ task }: Attempt, kind: TaskEvent['kind'], begun?: number): void {
  const event: TaskEvent = { kind, task_id: task.task_id, name: task.name, queue: task.queue }
  if (begun !== undefined) event.seconds = (performance.now() - begun) / 1000
  tellTaskEvent(event)
}

async function succeeded(one: Attempt, result: unknown): Promise<void> {
  try {
    if (!(await finish(one, { status: 'SUCCESS', result }))) throw new Overtaken()
  } catch (error) {
    // The work is done, and its result is what cannot be kept: to do it again would not help.
    if (!isDataError(error)) throw error
    await finish(one, { status: 'FAILURE', failure: failureOf(error) })
    throw new Overtaken()
  }
}

async function failed(one: Begun, error: unknown): Promise<void> {
  if (error instanceof RunAgain) throw error
  if (error instanceof Overtaken) {
    one.log.warn(
      'a task was taken over or revoked while it ran; what it changed in a transaction is rolled back',
    )
    return
  }
  if (error instanceof Interrupted) {
    await finish(one, { status: 'HANDED_BACK' })
    throw new RunAgain(HAND_BACK_MS)
  }
  if (error instanceof Revoked) {
    await finish(one, { status: 'REVOKED', reason: 'revoked' })
    return
  }
  await retryOrFail(one, error)
}

async function retryOrFail(one: Begun, error: unknown): Promise<void> {
  const { failure, pause } =
    error instanceof FailedElsewhere
      ? error
      : { failure: failureOf(error), pause: pauseBefore(one.declared, one.task.retries, error) }
  if (pause === null) {
    if (isMisfit(one, failure)) countTask('rejected', one.task.name)
    one.log.error('a task failed', { err: error })
    await finish(one, { status: 'FAILURE', failure })
    return
  }
  one.log.warn('a task failed and will be tried again', { err: error, seconds: Math.round(pause) })
  const at = new Date(now().getTime() + pause * 1000)
  if (await finish(one, { status: 'RETRY', failure, at })) throw new RunAgain(pause * 1000)
}

const MISFITS = ['ZodError', 'RangeError']

/** A payload that no longer fits is refused before the function runs; told by the name, since it may come from a sandbox. */
function isMisfit({ declared, task }: Begun, { error }: Failure): boolean {
  return MISFITS.includes(error.exc_type) && checkArguments(declared, task.args, task.kwargs) !== null
}

const KINDS = { FAILURE: 'failed', RETRY: 'retried', REVOKED: 'revoked' } as const

async function finish(one: Begun, outcome: Outcome): Promise<boolean> {
  const { task, news, log } = one
  const last = news.last()
  const isOurs = await reachable(() => taskStore().finish(task, outcome, last))
  if (!isOurs) log.warn('a task was taken over or revoked while it ran', { status: outcome.status })
  const { status } = outcome
  if (isOurs && status !== 'SUCCESS' && status !== 'HANDED_BACK') happened(one, KINDS[status], one.begun)
  return isOurs
}
