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
  created_time: Date
  due_time: Date
  expire_time: Date | null
  request_id: string
  user_id: string | null
  schedule_id: string | null
  unique_key: string | null
  /** How long the key is held; null without a key. */
  unique_while: 'unfinished' | 'waiting' | null
}

/** A task that a worker has begun. */
export interface BegunTask {
  id: string
  task_id: string
  name: string
  args: readonly unknown[]
  kwargs: object
  retries: number
  /** Which start this is; it fences what a worker writes that has lost the task to another. */
  starts: number
  request_id: string
  user_id: string | null
}

/** Who begins a task, and how. */
export interface Starter {
  worker: string
  /** Whether the task gives up its unique key by beginning. */
  frees_key: boolean
}

/** What a worker may find instead of a task to begin. */
export type NotBegun = 'finished' | 'expired'

export interface Failure {
  error: { exc_type: string; exc_message: unknown[]; exc_module: string }
  traceback: string
}

export type Ending =
  | { status: 'SUCCESS'; result: unknown }
  | { status: 'FAILURE'; failure: Failure }
  | { status: 'REVOKED'; reason: 'revoked' | 'expired' }

/** Where tasks live. The tables belong to the module `task`; the core only says what it needs of them. */
export interface TaskStore {
  /** @returns for each, in order, its task id, or that of the task which holds its unique key */
  accept(db: Db, tasks: readonly AcceptedTask[]): Promise<string[]>
  begin(id: string, starter: Starter): Promise<BegunTask | NotBegun>
  /** @returns false when the task was taken over or revoked meanwhile: then nothing is written */
  finish(db: Db, task: BegunTask, ending: Ending): Promise<boolean>
  /** @returns false as in `finish` */
  retryLater(db: Db, task: BegunTask, failure: Failure, at: Date): Promise<boolean>
  note(task: BegunTask, news: { progress: number | null; log: string | null }): Promise<void>
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
