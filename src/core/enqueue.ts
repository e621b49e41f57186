import type { z } from 'zod'
import { acceptAll, prepare, prepareNamed, type EnqueueOptions, type NamedArguments } from './accept-task'
import type { Call } from './call'
import type { Task } from './task'
import type { AcceptedTask } from './task-store'

/**
 * Accepts a job together with the changes of `call.db`: it is there when they are committed, and never was when they
 * are rolled back. It runs at least once, as the user of the call, and ends in exactly one final state.
 * @returns the task id; of a `unique` task perhaps that of an equal one which is not finished
 * @throws 422 when the payload does not fit
 */
export function enqueue<P extends z.ZodType>(
  call: Call,
  task: Task<P>,
  payload: z.input<P>,
  options: EnqueueOptions = {},
): Promise<string> {
  return one(call, prepare(call, task, { args: [], kwargs: payload ?? {}, ...options }))
}

/**
 * Like `enqueue` for many payloads of one task, in one statement per table and batch of jobs.
 * @returns the task ids in the order of the payloads
 * @throws 422 when a payload does not fit; then none is accepted
 */
export async function enqueueMany<P extends z.ZodType>(
  call: Call,
  task: Task<P>,
  payloads: readonly z.input<P>[],
  options: EnqueueOptions = {},
): Promise<string[]> {
  return acceptAll(
    call,
    payloads.map((payload) => prepare(call, task, { args: [], kwargs: payload ?? {}, ...options })),
  )
}

/** Like `enqueue`, for whoever knows only the name: schedules, operators. @throws 404 when there is no such task */
export async function enqueueNamed(call: Call, name: string, input: NamedArguments): Promise<string> {
  return one(call, prepareNamed(call, name, input))
}

async function one(call: Call, task: AcceptedTask): Promise<string> {
  const [id] = await acceptAll(call, [task])
  return id ?? task.task_id
}
