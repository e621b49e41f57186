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
  accept(db: Db, task: AcceptedTask): Promise<void>
  /** The task id of the unfinished task with this key, or null. */
  findUnfinished(db: Db, uniqueKey: string): Promise<string | null>
  begin(id: string, worker: string): Promise<BegunTask | NotBegun>
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
