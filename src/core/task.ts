import type { z } from 'zod'
import { AppError } from '../common/errors'
import type { Interval } from '../utils/cron/interval'
import type { Call } from './call'

/** The declaration of one background job. Data only; its function is bound by `runs()` in the module's index. */
export interface Task<P extends z.ZodType = z.ZodType> {
  /** `module.verb`; never changes. */
  name: string
  title: string
  /** An object; its keys are what schedules call named arguments. */
  payload: P
  /** Names of the payload's keys in the order in which a schedule may give them without names. */
  positional?: string[]
  /**
   * How often it is tried in all, whatever goes wrong. Without it only faults of the database and of Redis, and a "not
   * now" (503), are tried again: CELERY_TASK_MAX_RETRIES times, every three minutes.
   */
  attempts?: number
  /** How the pause before the next attempt grows. Default `exponential`. */
  backoff?: 'fixed' | 'exponential'
  /** Seconds before the second attempt; spread by up to half. Default 10. */
  pause?: number
  /** Errors that would come again, beside `giveUp` and what a rule or the payload's schema refuses. */
  final_errors?: readonly (abstract new (...args: never[]) => Error)[]
  /** Seconds until its signal is aborted. */
  timeout?: number
  /** Seconds it then has to end before the attempt counts as failed, and in a sandbox its process is killed. Default 5. */
  grace?: number
  /**
   * Runs in a process of its own, which is killed when the time is over or the task is terminated: for work that keeps
   * the processor busy, or that may take its process with it.
   */
  sandbox?: boolean
  /** Default `celery`. */
  queue?: string
  /** How many of them run at once, on all workers together. Default: as many as the workers run of its queue. */
  concurrency?: number
  /** Only one job with an equal payload at a time; `true` is `{ while: 'unfinished' }`. */
  unique?: boolean | Uniqueness
  /**
   * Whether the function runs in a transaction. What it changes, and that it succeeded, is then committed together:
   * it takes effect exactly once.
   */
  transaction?: boolean
  /** Five fields; seeds a schedule once, afterwards the schedule table rules. */
  cron?: string
  /** More about that schedule, or a rhythm instead of a crontab. */
  schedule?: ScheduleSeed
}

/** The schedule that a task brings along; it is made once, and belongs to the operators from then on. */
export interface ScheduleSeed {
  /** Default: the task's title. */
  name?: string
  /** Instead of `cron`. */
  every?: Interval
  /** A run that could not begin within this is revoked. */
  expire_seconds?: number
  args?: readonly unknown[]
  kwargs?: object
  /** Default true. */
  enabled?: boolean
}

/** When a second job is the same as the first, and is answered with its id instead of being accepted. */
export interface Uniqueness {
  /**
   * `unfinished`: as long as the first waits or runs. `waiting`: only until the first begins, so that what is changed
   * while it runs is not missed; a retry does not count as waiting. Default `unfinished`.
   */
  while?: 'unfinished' | 'waiting'
  /** The keys of the payload that have to be equal. Default: all. */
  by?: readonly string[]
}

/** Declares a background job. */
export const task = <P extends z.ZodType>(declaration: Task<P>): Task<P> => declaration

/** What a running task can say and hear beside its call. */
export interface TaskRun {
  /** The same for every attempt: what others are told, so that they take a repetition for what it is. */
  readonly key: string
  /** Retries used up: 0 on the first attempt. */
  readonly retries: number
  /** The schedule that caused it; null where somebody or another task asked for it. */
  readonly schedule_id: string | null
  /**
   * The due time of the schedule that it runs for, however late that is, and in a backfill the one of the past; null for
   * a run by hand.
   */
  readonly tick_time: Date | null
  /** Aborted when the task is revoked, takes too long, or its worker has to end. */
  readonly signal: AbortSignal
  /** @param percent 0 to 100 */
  progress(percent: number): void
  /** A line for whoever looks at the task; the last 64 KiB are kept. */
  log(line: string): void
}

/** A task together with the function that does it. */
export interface BoundTask {
  task: Task
  run(call: Call, payload: unknown, run: TaskRun): Promise<unknown>
}

/** Binds a task to its service function. The payload is parsed again where it runs, since a deploy may lie between. */
export const runs = <P extends z.ZodType>(
  declared: Task<P>,
  run: (call: Call, payload: z.output<P>, run: TaskRun) => Promise<unknown>,
): BoundTask => ({
  task: declared,
  run: (call, payload, running) => run(call, declared.payload.parse(payload), running),
})

/** Why a task is not tried again. */
export class GivenUp extends AppError {
  constructor(readonly reason: string) {
    super('task.given_up', { status: 422, params: { reason } })
    this.name = 'GivenUp'
    this.message = reason
  }
}

/** Thrown by a task's function: it failed, and trying again is no use. */
export const giveUp = (reason: string): GivenUp => new GivenUp(reason)
