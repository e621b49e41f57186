import type { BegunTask, Failure } from './task-store'

/** Why a task in a sandbox shall stop; its worker knows more. */
export type StopReason = 'revoked' | 'interrupted' | 'time'

/** What a worker tells the process that runs one task for it. */
export type ToSandbox = { say: 'run'; task: BegunTask } | { say: 'stop'; reason: StopReason; words: string }

/** What that process answers. */
export type FromSandbox =
  | { say: 'ready' }
  | { say: 'progress'; percent: number }
  | { say: 'log'; line: string }
  | { say: 'done'; result: unknown; is_written: boolean }
  | { say: 'overtaken' }
  /** It could not be brought to its end here, which is no fault of its own. */
  | { say: 'interrupted' }
  /** `pause`: seconds until the next attempt, or null when there is none. */
  | { say: 'failed'; failure: Failure; pause: number | null }
