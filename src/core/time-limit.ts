import { types } from 'node:util'
import { Interrupted } from './running-tasks'
import type { Stopper } from './stopper'
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
  stopper: Stopper,
  work: () => Promise<T>,
  cut: () => void = () => undefined,
): Promise<T> {
  const { timeout, grace = USUAL_GRACE } = task
  const isLate = () => stopper.abort(new TimeLimit(`not done within ${timeout} s`))
  const limit = timeout ? setTimeout(isLate, timeout * 1000) : undefined
  let patience: NodeJS.Timeout | undefined
  try {
    return await new Promise<T>((resolve, reject) => {
      stopper.onAbort(() => {
        const { reason } = stopper
        const seconds = reason instanceof Interrupted ? Math.min(grace, GRACE_AT_THE_END) : grace
        patience = setTimeout(() => {
          cut()
          reject(reason instanceof TimeLimit ? new Unheeded(reason, grace) : asError(reason))
        }, seconds * 1000)
      })
      work().then(resolve, reject)
    })
  } catch (error) {
    if (stopper.reason === undefined || error instanceof Unheeded) throw error
    throw stopper.reason
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
