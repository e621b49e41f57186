import { env } from '../config/env'
import type { CurrentUser } from '../common/types'
import { inTransaction, reader } from '../infra/database'
import type { Db } from '../infra/db'
import { beginChange, type Change } from '../infra/epoch'
import { rowFilter } from '../security/data-scope'
import { Call } from './call'
import { under } from './guard'
import type { Stopper } from './stopper'
import type { BoundTask, TaskRun } from './task'
import { Interrupted } from './running-tasks'
import { ownerOf, payloadOf } from './task-registry'
import { taskStore, type BegunTask, type News } from './task-store'

export interface Performance {
  task: BegunTask
  bound: BoundTask
  stopper: Stopper
  /** What the task has told, at its end. */
  news(): News
  progress(percent: number): void
  log(line: string): void
  /** The user a task acts for, with the rights of this moment. @throws when there is no such user any more */
  currentUser(id: string): Promise<CurrentUser>
  logger: Call['log']
}

/** Somebody else has the task, or it was revoked: what this worker did is rolled back and forgotten. */
export class Overtaken extends Error {
  constructor() {
    super('the task was taken over or revoked while it ran')
    this.name = 'Overtaken'
  }
}

export interface Performed {
  result: unknown
  /** Whether its success is written already, together with what it changed. */
  is_written: boolean
  /** What was to happen after its end. */
  committed(): Promise<void>
}

/**
 * Runs the function of a task, in a transaction where it asks for one; then what it changed and its success are one
 * commit, and whoever was overtaken meanwhile leaves nothing behind.
 */
export async function performTask(one: Performance): Promise<Performed> {
  const { task, bound, stopper } = one
  const user = task.user_id === null ? null : await one.currentUser(task.user_id)
  stopper.throwIfAborted()
  const payload = payloadOf(bound.task, task.args, task.kwargs)
  const run: TaskRun = {
    key: task.task_id,
    retries: task.retries,
    get signal() {
      return stopper.signal
    },
    schedule_id: task.schedule_id,
    tick_time: task.tick_time === null ? null : new Date(task.tick_time),
    progress: (percent) => one.progress(percent),
    log: (line) => one.log(line),
  }
  const work = async (call: Call) => {
    const module = ownerOf(bound)
    // Its plugin was switched off or exchanged since the task was begun.
    if (module === null) throw new Interrupted('what the task came with does not work any more')
    const place = { module, what: `task ${bound.task.name}`, isBounded: false }
    return keepable(await under(place, () => bound.run(call, payload, run)))
  }
  if (bound.task.transaction) return inOneCommit(one, user, work)
  const call = makeCall(one, reader(rowsFor(user)), user)
  return { result: await work(call), is_written: false, committed: () => call.committed() }
}

async function inOneCommit(
  one: Performance,
  user: CurrentUser | null,
  work: (call: Call) => Promise<unknown>,
): Promise<Performed> {
  const changing: Change[] = []
  try {
    const { call, result } = await inTransaction(
      async (db) => {
        const call = makeCall(one, db, user)
        const result = await work(call)
        const isOurs = await taskStore().finish(one.task, { status: 'SUCCESS', result }, one.news(), db)
        if (!isOurs) throw new Overtaken()
        if (call.outdated.length > 0) changing.push(await beginChange(call.outdated, undefined, call.log))
        return { call, result }
      },
      { rows: rowsFor(user) },
    )
    return { result, is_written: true, committed: () => call.committed() }
  } finally {
    for (const change of changing) await change.done()
  }
}

/** What JSON makes of a result. @throws TypeError when it cannot hold it: a fault of the task, not of the database */
const keepable = (result: unknown): unknown => JSON.parse(JSON.stringify(result) ?? 'null')

const rowsFor = (user: CurrentUser | null) =>
  user ? (model: Parameters<Db['rows']>[0]) => rowFilter(user, model) : undefined

const makeCall = ({ task, logger }: Performance, db: Db, user: CurrentUser | null): Call =>
  new Call({
    id: task.request_id,
    user,
    db,
    log: logger,
    language: env.I18N_DEFAULT_LANGUAGE,
    task_id: task.id,
    client: { ip: '127.0.0.1', user_agent: null },
  })
