import { logger } from '../infra/logger'

/** Something that happened to a task, known after it was committed. */
export interface TaskEvent {
  kind: 'sent' | 'received' | 'started' | 'succeeded' | 'failed' | 'retried' | 'revoked'
  task_id: string
  name: string
  queue: string
  /** Of the attempt, where it ended one. */
  seconds?: number
}

/** What a running task has told of itself since the last time; at most once a second. */
export interface TaskTold {
  task_id: string
  progress: number | null
  lines: string[]
}

/** Something is wrong with background work, or no longer is: told once, by the process that noticed it first. */
export interface TaskAlertEvent {
  /** no_worker, queue_long, many_failures or schedule_late */
  kind: string
  /** Name of the queue, id of the schedule; empty where it is about all. */
  subject: string
  /** Tasks, failures or seconds. */
  amount: number
  /** false: cleared */
  raised: boolean
}

interface Listener {
  happened?(event: TaskEvent): void
  told?(news: TaskTold): void
  alerted?(alert: TaskAlertEvent): void
}

const listeners = new Set<Listener>()

/** Hears of the tasks that this process accepts and runs. @returns what ends it */
export function onTaskEvent(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Whatever listeners do, what happened to the task stays as it is. */
function each(tell: (listener: Listener) => void): void {
  for (const listener of listeners) {
    try {
      tell(listener)
    } catch (err) {
      logger.warn('an event of a task could not be told', { err })
    }
  }
}

export const tellTaskEvent = (event: TaskEvent): void => each((one) => one.happened?.(event))

export const tellTaskNews = (news: TaskTold): void => each((one) => one.told?.(news))

export const tellTaskAlert = (alert: TaskAlertEvent): void => each((one) => one.alerted?.(alert))
