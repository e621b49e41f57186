import { types } from 'node:util'
import { Interrupted } from './running-tasks'
import type { Task } from './task'

/** How long a function may go on after its signal was aborted, in seconds, where its task says nothing. */
const USUAL_GRACE = 5
/** The same when the whole process has to end. */
const GRACE_AT_THE_END = 1

/** The function went on although its signal was aborted.  */
export class Unheeded extends Error {
  constructor(reason: TimeLimit, seconds: number) {
    super(`${reason.message}, and went on for ${seconds} s although its signal told it to stop`)
    this.name = 'TimeLimitExceeded'
  }
}

/**
 * Does the work; an aborted signal is given a little time to take effect.
 * @throws the reason of the abort, or what the work throws
 * @param cut called when the work did not end although it was told to
 */
export async function withinTime<T>(
  task: Pick<Task, 'timeout' | 'grace'>,
  stopper: AbortController,
  work: () => Promise<T>,
  cut: () => void = () => undefined,
): Promise<T> {
  const { signal } = stopper
  const { timeout, grace = USUAL_GRACE } = task
  const isLate = () => stopper.abort(new TimeLimit(`not done within ${timeout} s`))
  const limit = timeout ? setTimeout(isLate, timeout * 1000) : undefined
  let patience: NodeJS.Timeout | undefined
  const unheeded = new Promise<never>((_, reject) => {
    const fail = () => {
      cut()
      const reason: unknown = signal.reason
      reject(reason instanceof TimeLimit ? new Unheeded(reason, grace) : asError(reason))
    }
    const wait = () => {
      const seconds = signal.reason instanceof Interrupted ? Math.min(grace, GRACE_AT_THE_END) : grace
      patience = setTimeout(fail, seconds * 1000)
    }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
  })
  try {
    return await Promise.race([work(), unheeded])
  } catch (error) {
    if (!signal.aborted || error instanceof Unheeded) throw error
    throw signal.reason
  } finally {
    clearTimeout(limit)
    clearTimeout(patience)
  }
}

const asError = (reason: unknown) => (types.isNativeError(reason) ? reason : new Error(String(reason)))

/** The time of a task is over. */
export class TimeLimit extends Error {
  constructor(words: string) {
    super(words)
    this.name = 'SoftTimeLimitExceeded'
  }
}
