import { createHash, randomUUID } from 'node:crypto'
import { type AppError, InvalidInput, forbidden, notFound } from '../common/errors'
import { toFieldIssues } from '../common/issues'
import { now } from '../infra/clock'
import { inTransaction } from '../infra/database'
import { nextId } from '../infra/ids'
import { logger } from '../infra/logger'
import { pushJobs } from '../infra/queue'
import type { Call } from './call'
import type { Task, Uniqueness } from './task'
import { holderOf, payloadOf, queueOf, taskNamed } from './task-registry'
import { tellTaskEvent } from './task-event'
import { taskStore, type AcceptedTask } from './task-store'

export interface EnqueueOptions {
  /** Seconds until it may begin. */
  delay?: number
  /** It is not begun after this moment, but revoked. */
  expires?: Date
  queue?: string
  /** The schedule that caused it. */
  schedule_id?: string
  /** The due time of that schedule which it runs for. */
  tick_time?: Date
  /** Id of the result of the task that it repeats. */
  retry_of?: string
}

export interface NamedArguments extends EnqueueOptions {
  args: readonly unknown[]
  kwargs: object
}

/** Bytes of JSON. What is larger belongs into a file, and its name into the payload. */
const LARGEST_PAYLOAD = 512 * 1024

/** What is wrong with the arguments, in fields of the payload. @returns null where they fit */
export function checkArguments(task: Task, args: readonly unknown[], kwargs: object): InvalidInput | null {
  return checkKept(task, {
    args,
    kwargs,
    args_json: JSON.stringify(args),
    kwargs_json: JSON.stringify(kwargs),
  })
}

type Kept = Pick<AcceptedTask, 'args' | 'kwargs' | 'args_json' | 'kwargs_json'>

function checkKept(task: Task, { args, kwargs, args_json, kwargs_json }: Kept): InvalidInput | null {
  if (args.length > (task.positional ?? []).length) {
    const params = { max: task.positional?.length ?? 0 }
    return new InvalidInput([{ type: 'too_long', loc: ['body', 'args'], key: 'task.too_many_args', params }])
  }
  if (Buffer.byteLength(args_json) + Buffer.byteLength(kwargs_json) > LARGEST_PAYLOAD) {
    const params = { max: LARGEST_PAYLOAD }
    return new InvalidInput([{ type: 'too_long', loc: ['body'], key: 'task.payload_too_large', params }])
  }
  const parsed = task.payload.safeParse(payloadOf(task, args, kwargs), { reportInput: true })
  return parsed.success ? null : new InvalidInput(toFieldIssues('body', parsed.error.issues))
}

/**
 * A job that is ready to be accepted; nothing is stored yet. For whoever accepts many at once and must not let a bad
 * one stop the others.
 * @throws 404 when there is no such task, 422 when the arguments do not fit
 */
export function prepareNamed(call: Call, name: string, input: NamedArguments): AcceptedTask {
  const bound = taskNamed(name)
  if (!bound) throw refusal(name)
  return prepare(call, bound.task, input, name)
}

/** Like `prepareNamed`, for whoever has the declaration. @throws 422 when the arguments do not fit */
export function prepare(call: Call, task: Task, input: NamedArguments, name = task.name): AcceptedTask {
  const { delay = 0, expires = null } = input
  const kept = asKept(input)
  const wrong = checkKept(task, kept)
  if (wrong) throw wrong
  const moment = now()
  const { unique_key: key, unique_while: until } = uniqueness(task, kept.args, kept.kwargs)
  // One literal: thousands are made at once, and one that is put together takes ten times the memory.
  return {
    id: nextId(),
    task_id: randomUUID(),
    name,
    queue: input.queue ?? queueOf(task),
    args: kept.args,
    kwargs: kept.kwargs,
    args_json: kept.args_json,
    kwargs_json: kept.kwargs_json,
    created_time: moment,
    due_time: new Date(moment.getTime() + delay * 1000),
    expire_time: expires,
    request_id: call.id,
    user_id: call.user?.id ?? null,
    schedule_id: input.schedule_id ?? null,
    tick_time: input.tick_time ?? null,
    parent_id: call.task_id,
    retry_of: input.retry_of ?? null,
    unique_key: key,
    unique_while: until,
  }
}

/** As JSON will bring it back where the task runs: what is checked here is what will be checked there. */
function asKept({ args, kwargs }: NamedArguments): Kept {
  const json = { args_json: JSON.stringify(args), kwargs_json: JSON.stringify(kwargs) }
  return {
    ...json,
    args: JSON.parse(json.args_json) as unknown[],
    kwargs: JSON.parse(json.kwargs_json) as object,
  }
}

/**
 * Accepts prepared jobs together with the changes of `call.db`, in one statement per table and batch; a call without
 * a transaction gets one for this.
 * @returns the task ids in the same order; of a `unique` task perhaps that of an equal one which is not finished
 */
export async function acceptAll(call: Call, tasks: readonly AcceptedTask[]): Promise<string[]> {
  const accept = (db: Call['db']) => taskStore().accept(db, tasks)
  const push = (ids: string[]) => {
    const fresh = tasks.filter((task, at) => ids[at] === task.task_id)
    for (const { task_id, name, queue } of fresh) tellTaskEvent({ kind: 'sent', task_id, name, queue })
    return pushNow(fresh)
  }
  if (!call.db.transaction) {
    const ids = await inTransaction(accept)
    await push(ids)
    return ids
  }
  const ids = await accept(call.db)
  call.afterCommit(() => push(ids))
  return ids
}

/** Whoever waits for the answer does not wait for Redis: what does not arrive is pushed again from the outbox. */
async function pushNow(tasks: AcceptedTask[]): Promise<void> {
  if (tasks.length === 0) return
  try {
    await pushJobs(tasks.map(({ id, name, queue, due_time }) => ({ id, name, queue, due_time })))
  } catch (err) {
    logger.warn('tasks could not be pushed right after the commit; they will be from the outbox', {
      ...{ err, id: tasks[0]?.id, tasks: tasks.length },
    })
  }
}

type UniqueParts = Pick<AcceptedTask, 'unique_key' | 'unique_while'>

function uniqueness(task: Task, args: readonly unknown[], kwargs: object): UniqueParts {
  if (!task.unique) return { unique_key: null, unique_while: null }
  const { while: until, by } = uniquenessOf(task.unique)
  const payload = payloadOf(task, args, kwargs)
  const told = by ? Object.fromEntries(by.map((name) => [name, payload[name] ?? null])) : payload
  return { unique_key: keyOf(task.name, told), unique_while: until }
}

/** How a task is unique, with what it leaves unsaid. */
export const uniquenessOf = (
  unique: true | Uniqueness,
): Required<Pick<Uniqueness, 'while'>> & Uniqueness => ({
  while: 'unfinished',
  ...(unique === true ? {} : unique),
})

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

function refusal(name: string): AppError {
  const holder = holderOf(name)
  return holder === null ? notFound('task.unknown') : forbidden('plugin.disabled', { name: holder })
}
