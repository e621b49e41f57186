import { Crud, Op, type Db, type PageQuery, type Row, type WhereOptions } from '#core'
import { TaskResult } from '../model/result'

export type ResultRow = Row<TaskResult>

export interface ResultFilter {
  name?: string | undefined
  task_id?: string | undefined
}

/** States that may still change. */
export const LIVE = ['PENDING', 'RETRY', 'STARTED']

const IDENTITY = ['id', 'task_id', 'status', 'name', 'date_done'] as const

class ResultCrud extends Crud<TaskResult> {
  list(db: Db, page: PageQuery, filter: ResultFilter) {
    const where: WhereOptions[] = []
    if (filter.name) where.push(this.contains('name', filter.name))
    if (filter.task_id) where.push({ task_id: filter.task_id })
    return this.page(db, page, { where: { [Op.and]: where }, order: [['id', 'DESC']] })
  }

  byTaskId(db: Db, taskId: string) {
    return this.first(db, { task_id: taskId })
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

  /** Notes whose rows went, not what they held: payloads may be larger than a log row should be. */
  async strike(db: Db, ids: readonly string[]): Promise<number> {
    const where = { id: [...ids], status: { [Op.notIn]: LIVE } }
    const rows = await this.find(db, { where, columns: [...IDENTITY] })
    const removed = await this.purge(db, where)
    for (const { id, ...before } of rows)
      db.changes.add({ table: this.model.tableName, id, action: 'delete', before })
    return removed
  }

  /** @returns how many finished rows were older and are gone */
  purgeBefore(db: Db, moment: Date): Promise<number> {
    return this.purge(db, { date_done: { [Op.lt]: moment } })
  }
}

export const resultCrud = new ResultCrud(TaskResult)
