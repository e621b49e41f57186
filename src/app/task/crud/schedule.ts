import { Crud, Op, type Db, type PageQuery, type Row, type WhereOptions } from '#core'
import { TaskSchedule } from '../model/schedule'

export type ScheduleRow = Row<TaskSchedule>

export interface ScheduleFilter {
  name?: string | undefined
  type?: number | undefined
}

/** What the scheduler changes of a schedule. */
export type Progress = Pick<
  ScheduleRow,
  'enabled' | 'total_run_count' | 'last_run_time' | 'base_time' | 'next_run_time' | 'problem'
>

class ScheduleCrud extends Crud<TaskSchedule> {
  all(db: Db) {
    return this.find(db, { order: ['id'] })
  }

  list(db: Db, page: PageQuery, filter: ScheduleFilter) {
    const where: WhereOptions[] = []
    if (filter.name) where.push(this.contains('name', filter.name))
    if (filter.type !== undefined) where.push({ type: filter.type })
    return this.page(db, page, { where: { [Op.and]: where }, order: ['id'] })
  }

  /** Whether another schedule has this name. */
  isTaken(db: Db, name: string, besides: string | null): Promise<boolean> {
    return this.exists(db, { name, ...(besides === null ? {} : { id: { [Op.ne]: besides } }) })
  }

  /** When the next schedule of all is due, or null. */
  async nextDue(db: Db): Promise<Date | null> {
    const [row] = await this.find(db, {
      where: { next_run_time: { [Op.ne]: null } },
      order: ['next_run_time'],
      columns: ['next_run_time'],
      limit: 1,
    })
    return row?.next_run_time ?? null
  }

  /** Those that should have run before this moment, the latest first to be seen. */
  lateSince(db: Db, moment: Date, limit: number) {
    const where = { enabled: true, next_run_time: { [Op.lt]: moment } }
    return this.find(db, { where, order: ['next_run_time'], columns: ['id', 'next_run_time'], limit })
  }

  /** Schedules whose time has come, the longest waiting first; nobody else has them until the transaction ends. */
  lockDue(db: Db, moment: Date, limit: number): Promise<ScheduleRow[]> {
    const where = { next_run_time: { [Op.lte]: moment } }
    return this.find(db, { where, order: ['next_run_time', 'id'], limit, lock: true })
  }

  /** Schedules that were dealt with after this moment, which is only possible when a clock was wrong. */
  lockAhead(db: Db, moment: Date, limit: number): Promise<ScheduleRow[]> {
    return this.find(db, { where: this.#ahead(moment), order: ['id'], limit, lock: true })
  }

  hasAhead(db: Db, moment: Date): Promise<boolean> {
    return this.exists(db, this.#ahead(moment))
  }

  /** Writes what the scheduler changed of rows that this transaction holds. */
  async advance(db: Db, rows: (Progress & { id: string })[]): Promise<void> {
    await this.rewrite(
      db,
      rows.map(({ id, ...values }) => ({ id, values })),
    )
  }

  #ahead(moment: Date): WhereOptions<TaskSchedule> {
    return { base_time: { [Op.gt]: moment }, next_run_time: { [Op.ne]: null } }
  }
}

export const scheduleCrud = new ScheduleCrud(TaskSchedule)
