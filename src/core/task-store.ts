import type { Db } from '../infra/db'

/** A task at the moment it is accepted. */
export interface AcceptedTask {
  /** Of its result, of its outbox row and of its job in the queue. */
  id: string
  task_id: string
  name: string
  queue: string
  args: readonly unknown[]
  kwargs: object
  /** The two as JSON, as they are kept. */
  args_json: string
  kwargs_json: string
  created_time: Date
  due_time: Date
  expire_time: Date | null
  request_id: string
  user_id: string | null
  schedule_id: string | null
  /** The due time of the schedule that it runs for. */
  tick_time: Date | null
  /** The task whose run asked for it. */
  parent_id: string | null
  /** The task that it repeats. */
  retry_of: string | null
  unique_key: string | null
  /** How long the key is held; null without a key. */
  unique_while: 'unfinished' | 'waiting' | null
}

/** A task that a worker has begun. */
export interface BegunTask {
  id: string
  task_id: string
  name: string
  queue: string
  args: readonly unknown[]
  kwargs: object
  retries: number
  /** Which start this is; it fences what a worker writes that has lost the task to another. */
  starts: number
  request_id: string
  user_id: string | null
  schedule_id: string | null
  /** ISO 8601: it also goes to other processes. */
  tick_time: string | null
  /** What earlier attempts have told. */
  log: string | null
}

/** Who begins a task, and how. */
export interface Starter {
  worker: string
  /** Whether the task gives up its unique key by beginning. */
  frees_key: boolean
  /** Whether it runs at once. Otherwise it waits for its turn. */
  has_turn: boolean
}

/**
 * What a worker may find instead of a task to begin. `turn_first`: a worker has died with it, so that it is begun when it
 * runs, and not with those that wait. `later`: another one has it, ask again in so many milliseconds.
 */
export type NotBegun = 'finished' | 'turn_first' | { later: number }

export interface Failure {
  error: { exc_type: string; exc_message: unknown[]; exc_module: string }
  traceback: string
}

export type Ending =
  | { status: 'SUCCESS'; result: unknown }
  | { status: 'FAILURE'; failure: Failure }
  | { status: 'REVOKED'; reason: 'revoked' | 'expired' }

/** How an attempt ended: for good, to be tried again, or handed back because its worker has to end. */
export type Outcome = Ending | { status: 'RETRY'; failure: Failure; at: Date } | { status: 'HANDED_BACK' }

/** What a task has told of itself. */
export interface News {
  /** 0 to 100 */
  progress: number | null
  log: string | null
}

/** Where tasks live. The tables belong to the module `task`; the core only says what it needs of them. */
export interface TaskStore {
  /** @returns for each, in order, its task id, or that of the task which holds its unique key */
  accept(db: Db, tasks: readonly AcceptedTask[]): Promise<string[]>
  begin(id: string, starter: Starter): Promise<BegunTask | NotBegun>
  /**
   * Writes how an attempt ended, durably; in the transaction of `db`, or with others in one of its own.
   * @returns false when the task was taken over or revoked meanwhile: then nothing is written
   */
  finish(task: BegunTask, outcome: Outcome, news: News, db?: Db): Promise<boolean>
  note(task: BegunTask, news: News): Promise<void>
  /** Names of the queues of which no task is begun. */
  pausedQueues(): Promise<ReadonlySet<string>>
  /** Says that the worker lives and still runs these. @returns the ids of those that are to be terminated */
  renew(worker: string, ids: readonly string[]): Promise<string[]>
}

let current: TaskStore | undefined

/** Called by the module that keeps the tables. @returns what takes it back */
export function keepTasksIn(store: TaskStore): () => void {
  current = store
  return () => {
    if (current === store) current = undefined
  }
}

/** @throws when no module keeps tasks */
export function taskStore(): TaskStore {
  if (!current) throw new Error('no module keeps tasks: is the module task started?')
  return current
}
