import { id, task, z } from '#core'
import { StoredFilter } from '../schema/result'

/** The queue of orders about other tasks; it is never paused, so that they also reach a queue which is. */
export const CONTROL_QUEUE = 'control'

export const MatchingPayload = z.object({
  filter: StoredFilter,
  /** Only results with lower ids. */
  before: id(),
  /** How many there were when it was asked for; for the progress. */
  matching: z.int(),
  terminate: z.boolean(),
})

export const retryMatching = task({
  name: 'task.retry-matching',
  title: 'Run all tasks that match a filter again',
  payload: MatchingPayload,
  queue: CONTROL_QUEUE,
  // Of two at a time, each would run again what the other is about to.
  concurrency: 1,
  attempts: 3,
})

export const cancelMatching = task({
  name: 'task.cancel-matching',
  title: 'Cancel all tasks that match a filter',
  payload: MatchingPayload,
  queue: CONTROL_QUEUE,
  attempts: 3,
})
