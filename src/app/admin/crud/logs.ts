import { Crud, Op, type Db, type PageQuery, type WhereOptions } from '#core'
import { LoginLog, OperaLog } from '../model/logs'

export interface LogFilter {
  username?: string | undefined
  status?: number | undefined
  ip?: string | undefined
}

const NEWEST_FIRST: [string, string][] = [
  ['created_time', 'DESC'],
  ['id', 'DESC'],
]

type LogModel = LoginLog | OperaLog

/** Rows that one statement deletes. */
const BATCH = 1000

/** What both logs have in common: they only grow, and are read from the end. */
class LogCrud<M extends LogModel> extends Crud<M> {
  list(db: Db, page: PageQuery, filter: LogFilter) {
    const where: WhereOptions[] = []
    if (filter.username) where.push(this.contains('username', filter.username))
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.ip) where.push(this.contains('ip', filter.ip))
    return this.page(db, page, { where: this.#fits({ [Op.and]: where }), order: NEWEST_FIRST })
  }

  /** Notes whose rows went, not their contents: those of a log may be larger than a log row should be. */
  async strike(db: Db, ids: readonly string[]): Promise<number> {
    const where = this.#fits({ id: [...ids] })
    const rows = await this.find(db, { where, columns: ['id', 'username', 'ip', 'status', 'created_time'] })
    const removed = await this.purge(db, where)
    for (const { id, ...before } of rows)
      db.changes.add({ table: this.model.tableName, id, action: 'delete', before })
    return removed
  }

  /**
   * Deletes rows with this id or a smaller one, the smallest first; their contents are not noted.
   * @param max about how many
   * @returns how many are gone
   */
  async removeUpTo(db: Db, last: string, max = Infinity): Promise<number> {
    let [removed, from] = [0, '0']
    for (;;) {
      const where = this.#fits({ id: { [Op.gt]: from, [Op.lte]: last } })
      const rows = await this.find(db, { where, columns: ['id'], order: ['id'], limit: BATCH })
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) removed += await this.model.destroy({ where: this.#fits({ id: ids }), ...db })
      if (ids.length < BATCH || removed >= max) return removed
      from = ids.at(-1) ?? last
    }
  }

  /** Notes that the table was emptied. */
  noteEmptied(db: Db, before: { rows: number; rest_deleted_by_task?: string }): void {
    db.changes.add({ table: this.model.tableName, id: '*', action: 'delete', before })
  }

  /** @returns how many rows were older and are gone */
  purgeBefore(db: Db, moment: Date): Promise<number> {
    return this.purge(db, this.#fits({ created_time: { [Op.lt]: moment } }))
  }

  /** Both tables have these columns, which the compiler cannot see for a model it does not know. */
  #fits(where: WhereOptions): WhereOptions<M> {
    return where
  }
}

export const loginLogCrud = new LogCrud(LoginLog)
export const operaLogCrud = new LogCrud(OperaLog)
