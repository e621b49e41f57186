import { Crud, Op, type Db, type PageQuery, type Row, type WhereOptions } from '#core'
import { TaskSeeded } from '../model/seeded'
import { TaskTick } from '../model/tick'

export type TickRow = Row<TaskTick>

/** Databases bound how deep a condition may be. */
const MOST_MOMENTS = 300

class TickCrud extends Crud<TaskTick> {
  list(db: Db, page: PageQuery, scheduleId: string, outcome?: string) {
    const where: WhereOptions<TaskTick> = { schedule_id: scheduleId, ...(outcome ? { outcome } : {}) }
    return this.page(db, page, { where, order: [['due_time', 'DESC']] })
  }

  /** What is recorded of these moments. */
  async at(db: Db, moments: { schedule_id: string; due: Date }[]): Promise<TickRow[]> {
    const found: TickRow[] = []
    for (let from = 0; from < moments.length; from += MOST_MOMENTS) {
      const some = moments.slice(from, from + MOST_MOMENTS)
      const where = { [Op.or]: some.map(({ schedule_id, due }) => ({ schedule_id, due_time: due })) }
      found.push(...(await this.find(db, { where })))
    }
    return found
  }

  /** Ticks of these schedules that wait for the end of the task before them. */
  held(db: Db, limit: number, scheduleIds: string[]) {
    const where = { outcome: 'held', schedule_id: scheduleIds }
    return this.find(db, { where, order: ['due_time'], limit })
  }

  /** The same of all schedules, in order of id. */
  heldAfter(db: Db, id: string, limit: number) {
    const where = { outcome: 'held', id: { [Op.gt]: id } }
    return this.find(db, { where, columns: ['id', 'schedule_id'], order: ['id'], limit })
  }

  /** Puts one thing in the place of what was recorded before, without a note: the table is itself a record. */
  async settle(db: Db, ids: string[], values: Partial<TickRow>): Promise<void> {
    if (ids.length > 0) await this.model.update(values, { where: { id: ids }, ...db })
  }

  async forget(db: Db, ids: string[]): Promise<void> {
    if (ids.length > 0) await this.model.destroy({ where: { id: ids }, ...db })
  }

  /** Held ones stay: they are still to come. @returns how many rows were older and are gone */
  purgeBefore(db: Db, moment: Date): Promise<number> {
    return this.purge(db, { created_time: { [Op.lt]: moment }, outcome: { [Op.ne]: 'held' } })
  }
}

export const tickCrud = new TickCrud(TaskTick)

class SeededCrud extends Crud<TaskSeeded> {
  async tasks(db: Db): Promise<Set<string>> {
    return new Set((await this.find(db, { columns: ['task'] })).map((row) => row.task))
  }
}

export const seededCrud = new SeededCrud(TaskSeeded)
