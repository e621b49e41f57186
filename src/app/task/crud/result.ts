import { Crud, Op, countUpTo, type Db, type Row, type WhereOptions } from '#core'
import { TaskResult } from '../model/result'
import { termCrud } from './term'

export type ResultRow = Row<TaskResult>

/** States of tasks that no worker has at the moment. */
export const WAITING = ['PENDING', 'RETRY']

/** States that may still change. */
export const LIVE = [...WAITING, 'STARTED']

/** What is looked at when a task is begun. */
const BEGIN = [
  ...(['id', 'task_id', 'name', 'queue', 'args', 'kwargs', 'log', 'status'] as const),
  ...(['starts', 'retries', 'losses', 'lease_time', 'terminate_time', 'expire_time'] as const),
  ...(['request_id', 'user_id', 'schedule_id', 'tick_time'] as const),
] as const
export type BeginRow = Pick<ResultRow, (typeof BEGIN)[number]>

const IDENTITY = ['id', 'task_id', 'status', 'name', 'date_done'] as const

class ResultCrud extends Crud<TaskResult> {
  byTaskId(db: Db, taskId: string) {
    return this.first(db, { task_id: taskId })
  }

  /** What became of these tasks. */
  byTaskIds(db: Db, taskIds: readonly string[]) {
    const columns = ['task_id', 'status', 'error', 'date_done'] as const
    return this.find(db, { where: { task_id: [...taskIds] }, columns: [...columns] })
  }

  /** The task ids of the results with these ids. */
  async taskIds(db: Db, ids: string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await this.find(db, { where: { id: ids }, columns: ['id', 'task_id'] })
    return new Map(rows.map((row) => [row.id, row.task_id]))
  }

  /**
   * Sets the columns if the row is still as `was` says, in one statement: of several who try, one succeeds.
   * @returns whether it was this one
   */
  async swap(db: Db, was: WhereOptions<TaskResult>, values: Partial<ResultRow>): Promise<boolean> {
    const [changed] = await this.model.update(values, { where: was, ...db })
    return changed > 0
  }

  /** Locked until the transaction ends. */
  toBegin(db: Db, ids: string[]): Promise<BeginRow[]> {
    return this.lockMany(db, ids, BEGIN)
  }

  /** What fences the end of a task, locked until the transaction ends. */
  lockStates(db: Db, ids: string[]): Promise<Pick<ResultRow, 'id' | 'status' | 'starts'>[]> {
    return this.lockMany(db, ids, ['id', 'status', 'starts'])
  }

  /** Puts off the end of the leases of a worker. @returns the ids of those that are to be terminated */
  async renew(db: Db, worker: string, ids: readonly string[], until: Date): Promise<string[]> {
    const where = { id: [...ids], worker, status: 'STARTED' }
    await this.model.update({ lease_time: until }, { where, ...db })
    const wished = { ...where, terminate_time: { [Op.ne]: null } }
    return (await this.find(db, { where: wished, columns: ['id'] })).map((row) => row.id)
  }

  /** The same for every row that fits. */
  async swapAll(db: Db, was: WhereOptions<TaskResult>, values: Partial<ResultRow>): Promise<void> {
    await this.model.update(values, { where: was, ...db })
  }

  /** How many failed since then; nobody counts further than `most`. */
  failuresSince(db: Db, since: Date, most: number): Promise<number> {
    return countUpTo(db, this.model, { status: 'FAILURE', date_done: { [Op.gte]: since } }, most)
  }

  /** What these workers run, the oldest first. */
  running(db: Db, workers: string[]) {
    const where = { status: 'STARTED', worker: workers }
    const columns = ['id', 'task_id', 'name', 'queue', 'worker', 'progress', 'started_time'] as const
    return this.find(db, { where, columns: [...columns], order: ['id'], limit: 1000 })
  }

  /** Those among the ids whose task runs, which now is to be terminated. */
  async terminate(db: Db, ids: readonly string[], moment: Date): Promise<string[]> {
    const where = { id: [...ids], status: 'STARTED' }
    await this.model.update({ terminate_time: moment }, { where, ...db })
    return (await this.find(db, { where, columns: ['id'] })).map((row) => row.id)
  }

  /** The results of tasks that have not begun, among these; they stay so until the transaction ends. */
  waiting(db: Db, ids: readonly string[]) {
    const where = { id: [...ids], status: WAITING }
    return this.find(db, { where, columns: ['id', 'task_id', 'name', 'queue'], order: ['id'], lock: true })
  }

  /** Those among the results that are repeated already by other tasks. */
  async repeated(db: Db, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const rows = await this.find(db, { where: { retry_of: [...ids] }, columns: ['retry_of'] })
    return new Set(rows.flatMap((row) => row.retry_of ?? []))
  }

  /** Notes whose rows went, not what they held: payloads may be larger than a log row should be. */
  async strike(db: Db, ids: readonly string[]): Promise<number> {
    const where = { id: [...ids], status: { [Op.notIn]: LIVE } }
    const rows = await this.find(db, { where, columns: [...IDENTITY] })
    await termCrud.drop(
      db,
      rows.map((row) => row.id),
    )
    const removed = await this.purge(db, where)
    for (const { id, ...before } of rows)
      db.changes.add({ table: this.model.tableName, id, action: 'delete', before })
    return removed
  }

  /** Finished ones that are older, `limit` of them at most. */
  async oldest(db: Db, moment: Date, limit: number): Promise<string[]> {
    const where = { date_done: { [Op.lt]: moment } }
    const rows = await this.find(db, { where, columns: ['id'], order: ['date_done'], limit })
    return rows.map((row) => row.id)
  }
}

export const resultCrud = new ResultCrud(TaskResult)
