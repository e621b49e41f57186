import type { z } from 'zod'
import type { Call } from './call'

/** The declaration of one background job. Data only; its function is bound by `runs()` in the module's index. */
export interface Task<P extends z.ZodType = z.ZodType> {
  /** `module.verb`; never changes. */
  name: string
  title: string
  payload: P
  /** How often it is tried in all. */
  attempts?: number
  backoff?: 'fixed' | 'exponential'
  /** Seconds. */
  timeout?: number
  queue?: string
  concurrency?: number
  /** Only one waiting or running job with an equal payload. */
  unique?: boolean
  /** Whether the function runs in a transaction. */
  transaction?: boolean
  /** Five fields; seeds a schedule once, afterwards the schedule table rules. */
  cron?: string
}

/** Declares a background job. */
export const task = <P extends z.ZodType>(declaration: Task<P>): Task<P> => declaration

/** A task together with the function that does it. */
export interface BoundTask {
  task: Task
  run(call: Call, payload: unknown): Promise<unknown>
}

/** Binds a task to its service function. The payload is parsed again where it runs, since a deploy may lie between. */
export const runs = <P extends z.ZodType>(
  declared: Task<P>,
  run: (call: Call, payload: z.output<P>) => Promise<unknown>,
): BoundTask => ({
  task: declared,
  run: (call, payload) => run(call, declared.payload.parse(payload)),
})
