import { createHash, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { InvalidInput, notFound } from '../common/errors'
import { toFieldIssues } from '../common/issues'
import { now } from '../infra/clock'
import { nextId } from '../infra/ids'
import { logger } from '../infra/logger'
import { pushJobs } from '../infra/queue'
import type { Call } from './call'
import type { Task } from './task'
import { payloadOf, queueOf, taskNamed } from './task-registry'
import { taskStore, type AcceptedTask } from './task-store'

export interface EnqueueOptions {
  /** Seconds until it may begin. */
  delay?: number
  /** It is not begun after this moment, but revoked. */
  expires?: Date
  queue?: string
  /** The schedule that caused it. */
  schedule_id?: string
}

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
  return accept(call, task, { args: [], kwargs: payload ?? {}, ...options })
}

export interface NamedArguments extends EnqueueOptions {
  args: readonly unknown[]
  kwargs: object
}

/** Like `enqueue`, for whoever knows only the name: schedules, operators. @throws 404 when there is no such task */
export async function enqueueNamed(call: Call, name: string, input: NamedArguments): Promise<string> {
  const bound = taskNamed(name)
  if (!bound) throw notFound('task.unknown')
  return accept(call, bound.task, input, name)
}

/** What is wrong with the arguments, in fields of the payload. @returns null where they fit */
export function checkArguments(task: Task, args: readonly unknown[], kwargs: object): InvalidInput | null {
  if (args.length > (task.positional ?? []).length) {
    const params = { max: task.positional?.length ?? 0 }
    return new InvalidInput([{ type: 'too_long', loc: ['body', 'args'], key: 'task.too_many_args', params }])
  }
  const parsed = task.payload.safeParse(payloadOf(task, args, kwargs), { reportInput: true })
  return parsed.success ? null : new InvalidInput(toFieldIssues('body', parsed.error.issues))
}

async function accept(call: Call, task: Task, input: NamedArguments, name = task.name): Promise<string> {
  const { args, kwargs, delay = 0, expires = null } = input
  const wrong = checkArguments(task, args, kwargs)
  if (wrong) throw wrong
  const store = taskStore()
  const key = task.unique ? keyOf(task.name, payloadOf(task, args, kwargs)) : null
  const same = key === null ? null : await store.findUnfinished(call.db, key)
  if (same !== null) return same
  const moment = now()
  const accepted: AcceptedTask = {
    ...{ id: nextId(), task_id: randomUUID(), name, queue: input.queue ?? queueOf(task), unique_key: key },
    ...{ args, kwargs, created_time: moment, due_time: new Date(moment.getTime() + delay * 1000) },
    ...{ expire_time: expires, request_id: call.id, user_id: call.user?.id ?? null },
    schedule_id: input.schedule_id ?? null,
  }
  await store.accept(call.db, accepted)
  call.afterCommit(() => pushNow(accepted))
  return accepted.task_id
}

/** Whoever waits for the answer does not wait for Redis: what does not arrive is pushed again from the outbox. */
async function pushNow({ id, name, queue, due_time }: AcceptedTask): Promise<void> {
  try {
    await pushJobs([{ id, name, queue, due_time }])
  } catch (err) {
    logger.warn('a task could not be pushed right after the commit; it will be from the outbox', { err, id })
  }
}

const keyOf = (name: string, payload: unknown) =>
  createHash('sha256')
    .update(`${name}\n${sorted(payload)}`)
    .digest('hex')

/** JSON with sorted keys, so that equal payloads are equal texts. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
