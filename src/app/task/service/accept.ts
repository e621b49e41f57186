import { allOf, type AcceptedTask, type Db } from '#core'
import { PUSHED_BEFORE_MS, outboxCrud } from '../crud/outbox'
import { resultCrud } from '../crud/result'
import { termCrud } from '../crud/term'
import { payloadWords } from './index-words'

/** The push right after the commit has this long before the outbox does it. */
export const HEAD_START_MS = 5000
/** Rows, and characters of arguments, in one statement: databases bound its length. */
const MOST_ROWS = 500
const MOST_CHARACTERS = 1_000_000

/**
 * Keeps accepted tasks, each with a waiting result and an outbox row.
 * @returns for each, in order, its task id, or that of the task which holds its unique key
 */
export async function accept(db: Db, tasks: readonly AcceptedTask[]): Promise<string[]> {
  const holders = await claimKeys(db, tasks)
  const holderOf = ({ id, unique_key }: AcceptedTask) => (unique_key && holders.get(unique_key)) ?? id
  const plain = tasks.filter((task) => task.unique_key === null)
  const kept = tasks.filter((task) => holderOf(task) === task.id)
  // Into different tables: while the database works on some rows, the next ones are written out.
  await allOf([
    ...inBatches(plain.map(outboxRow)).map((batch) => outboxCrud.appendNew(db, batch)),
    ...inBatches(kept.map(resultRow)).map((batch) => resultCrud.appendNew(db, batch)),
    ...inBatches(kept.flatMap(payloadWords)).map((batch) => termCrud.appendNew(db, batch)),
  ])
  const others = tasks.filter((task) => holderOf(task) !== task.id).map(holderOf)
  const known = await resultCrud.taskIds(db, others)
  return tasks.map((task) => known.get(holderOf(task)) ?? task.task_id)
}

/** Takes the unique keys that are free, with an outbox row each. @returns the id of the task that holds each key */
async function claimKeys(db: Db, tasks: readonly AcceptedTask[]): Promise<Map<string, string>> {
  const claims = new Map<string, AcceptedTask>()
  for (const task of tasks) {
    if (task.unique_key !== null && !claims.has(task.unique_key)) claims.set(task.unique_key, task)
  }
  // In one order, so that two who claim the same keys do not wait for each other.
  const sorted = [...claims].sort(([a], [b]) => (a < b ? -1 : 1))
  const holders = new Map<string, string>()
  for (const batch of inBatches(sorted.map(([key, task]) => ({ key, task })))) {
    for (const [key, id] of await claim(db, batch)) holders.set(key, id)
  }
  return holders
}

async function claim(db: Db, wanted: { key: string; task: AcceptedTask }[]): Promise<Map<string, string>> {
  // One that is kept from beginning until our commit sees what we change; with the others there is no need to wait.
  const patient = wanted.filter(({ task }) => task.unique_while === 'unfinished').map(({ key }) => key)
  const held = await outboxCrud.holders(db, patient)
  const free = wanted.filter(({ key }) => !held.has(key))
  await outboxCrud.claim(
    db,
    free.map(({ task }) => outboxRow(task)),
  )
  const claimed = await outboxCrud.holders(
    db,
    free.map(({ key }) => key),
  )
  return new Map([...held, ...claimed])
}

function outboxRow(task: AcceptedTask) {
  const push = Math.max(task.created_time.getTime(), task.due_time.getTime() - PUSHED_BEFORE_MS)
  return {
    id: task.id,
    name: task.name,
    queue: task.queue,
    created_time: task.created_time,
    due_time: task.due_time,
    push_time: new Date(push + HEAD_START_MS),
    unique_key: task.unique_key,
    schedule_id: isOfLiveTick(task) ? task.schedule_id : null,
  }
}

/** What a backfill, or somebody who runs a schedule now or a task again, asks for is no business of the next tick. */
const isOfLiveTick = ({ tick_time, parent_id, retry_of }: AcceptedTask) =>
  tick_time !== null && parent_id === null && retry_of === null

function resultRow(task: AcceptedTask) {
  return {
    id: task.id,
    task_id: task.task_id,
    name: task.name,
    queue: task.queue,
    args: task.args_json,
    kwargs: task.kwargs_json,
    created_time: task.created_time,
    due_time: task.due_time,
    expire_time: task.expire_time,
    retries: 0,
    request_id: task.request_id,
    user_id: task.user_id,
    schedule_id: task.schedule_id,
    tick_time: task.tick_time,
    parent_id: task.parent_id,
    retry_of: task.retry_of,
  }
}

/** Cuts a list where a statement would grow too long. */
function inBatches<T extends object>(rows: T[]): T[][] {
  const batches: T[][] = []
  let room = 0
  for (const row of rows) {
    const last = batches.at(-1)
    room -= lengthOf(row)
    if (last && last.length < MOST_ROWS && room >= 0) last.push(row)
    else {
      batches.push([row])
      room = MOST_CHARACTERS - lengthOf(row)
    }
  }
  return batches
}

const lengthOf = (row: object) => ('kwargs' in row && typeof row.kwargs === 'string' ? row.kwargs.length : 0)
