import { enqueue, invalid, nextId, type Call, type Task, type TaskRun, type z } from '#core'
import { LIVE, WAITING } from '../crud/result'
import { searchCrud } from '../crud/search'
import type { CancelMatching, Matching, RetryMatching, StoredFilter, TaskFilter } from '../schema/result'
import { cancelMatching, retryMatching, type MatchingPayload } from '../task/matching'
import { cancelMany } from './cancel'
import { filterOf } from './result'
import { retryMany } from './retry'

/** Everything that matches a filter: told how much it is, then handled by a task of its own, newest first. */

const BATCH = 500
const FINISHED = ['SUCCESS', 'FAILURE', 'REVOKED'] as const

/**
 * Runs again whatever finished and matches; without states those that failed or were revoked. What was run again already
 * is left out: its repetition stands for it, and matches itself where that failed too.
 */
export const retryAll = (call: Call, { dry_run, ...filter }: RetryMatching): Promise<Matching> =>
  begin(call, retryMatching, dry_run, {
    filter: { ...filter, status: statesOf(filter, ['FAILURE', 'REVOKED'], FINISHED) },
    ...{ terminate: false, isLast: true },
  })

/** Cancels whatever is not finished and matches; what runs goes on, unless it shall be terminated. */
export function cancelAll(call: Call, input: CancelMatching): Promise<Matching> {
  const { dry_run, terminate, ...filter } = input
  const able = terminate ? LIVE : WAITING
  return begin(call, cancelMatching, dry_run, {
    filter: { ...filter, status: statesOf(filter, able, able) },
    ...{ terminate, isLast: false },
  })
}

type States = NonNullable<TaskFilter['status']>

/** @throws 422 when none of the wanted states can be handled */
function statesOf(filter: TaskFilter, usual: readonly string[], able: readonly string[]): States {
  const wanted = filter.status ?? usual
  const states = wanted.filter((state): state is States[number] => able.includes(state))
  if (states.length === 0) throw invalid('status', 'task.state_not_handled', { states: able.join(', ') })
  return states
}

interface Order {
  filter: TaskFilter
  terminate: boolean
  /** Only what has not been run again. */
  isLast: boolean
}

async function begin(
  call: Call,
  task: Task<typeof MatchingPayload>,
  isDry: boolean,
  { filter, terminate, isLast }: Order,
): Promise<Matching> {
  const given = Object.entries(filter).filter(([key, value]) => key !== 'status' && (value ?? null) !== null)
  if (given.length === 0) {
    throw invalid('dry_run', 'task.filter_needed')
  }
  // What is accepted from now on, such as the repetitions themselves, has a higher id.
  const before = nextId()
  const query = { ...filterOf(filter, before), is_last: isLast }
  const found = await searchCrud.search(call.db, query, { size: 1, offset: 0 })
  const counted = { matching: found.total, is_exact: found.is_exact }
  if (isDry) return { ...counted, task_id: null }
  const payload = { filter: storedOf(filter), before, matching: found.total, terminate }
  return { ...counted, task_id: await enqueue(call, task, payload) }
}

type Stored = z.input<typeof StoredFilter>

/** A filter as JSON keeps it. */
function storedOf(filter: TaskFilter): Stored {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    given.map(([key, value]) => [key, value instanceof Date ? value.toISOString() : value]),
  )
}

function restored(filter: z.output<typeof StoredFilter>): TaskFilter {
  const { created_from, created_to, done_from, done_to, ...rest } = filter
  const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  return {
    ...rest,
    ...{ created_from: time(created_from), created_to: time(created_to) },
    ...{ done_from: time(done_from), done_to: time(done_to) },
  }
}

type Payload = z.output<typeof MatchingPayload>

type Counts = Record<string, number>

interface Work {
  isLast: boolean
  handle: (ids: string[]) => Promise<Counts>
}

/** The function of both tasks. @returns the sums of what `handle` counts */
async function eachBatch(
  call: Call,
  { filter, before, matching }: Payload,
  run: TaskRun,
  { isLast, handle }: Work,
): Promise<Counts> {
  const sums: Counts = {}
  let seen = 0
  for (let cursor: string | null = before; cursor !== null;) {
    run.signal.throwIfAborted()
    const query = { ...filterOf(restored(filter), cursor), is_last: isLast }
    const { ids, next } = await searchCrud.search(call.db, query, { size: BATCH, offset: 0 })
    for (const [what, count] of Object.entries(await handle(ids))) sums[what] = (sums[what] ?? 0) + count
    cursor = next
    seen += ids.length
    const all = Math.max(matching, seen, 1)
    run.progress((seen / all) * 99)
    if (ids.length > 0) run.log(`${seen} of ${all}: ${JSON.stringify(sums)}`)
  }
  return sums
}

/** It may be begun again itself: then what it has repeated is left out, like what others have. */
export const performRetry = (call: Call, payload: Payload, run: TaskRun) =>
  eachBatch(call, payload, run, {
    isLast: true,
    handle: async (ids) => ({ ...(await retryMany(call, ids)) }),
  })

export const performCancel = (call: Call, payload: Payload, run: TaskRun) =>
  eachBatch(call, payload, run, {
    isLast: false,
    handle: async (ids) => ({ ...(await cancelMany(ids, payload.terminate)) }),
  })
