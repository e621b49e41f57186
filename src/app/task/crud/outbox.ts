import { Crud, Op, type CreationAttributes, type Db, type Row } from '#core'
import { TaskOutbox } from '../model/outbox'

/** A delayed task is in its queue this long before it is due. */
export const PUSHED_BEFORE_MS = 60_000

class OutboxCrud extends Crud<TaskOutbox> {
  /** The unfinished tasks with these unique keys: the id of each by its key. */
  async holders(db: Db, keys: string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map()
    const rows = await this.find(db, { where: { unique_key: keys }, columns: ['id', 'unique_key'] })
    return new Map(rows.map((row) => [row.unique_key ?? '', row.id]))
  }

  /** Adds rows unless another row has their unique key; that row then stays as it is until the transaction ends. */
  async claim(db: Db, rows: CreationAttributes<TaskOutbox>[]): Promise<void> {
    await this.appendNew(db, rows, { updateOnDuplicate: ['unique_key'], upsertKeys: ['unique_key'] })
  }

  async freeKeys(db: Db, ids: string[]): Promise<void> {
    if (ids.length > 0) await this.model.update({ unique_key: null }, { where: { id: ids }, ...db })
  }

  /** The unfinished tasks of the ticks of these schedules, as they were due. */
  ofSchedules(db: Db, ids: string[]) {
    return this.find(db, { where: { schedule_id: ids }, columns: ['id', 'schedule_id'] })
  }

  /** Rows whose turn to be looked at has come, the oldest first. */
  due(db: Db, moment: Date, limit: number): Promise<Row<TaskOutbox>[]> {
    return this.find(db, { where: { push_time: { [Op.lte]: moment } }, order: ['push_time', 'id'], limit })
  }

  /** How many tasks are not finished, by queue. */
  async perQueue(db: Db): Promise<Map<string, number>> {
    const groups = await this.model.count({ group: ['queue'], ...db })
    return new Map(groups.map((group) => [String(group['queue']), group.count]))
  }

  /** Puts off rows that were seen to be due at a moment; not those of which somebody has said since to look again. */
  async postpone(db: Db, ids: string[], seen: Date, until: Date): Promise<void> {
    const where = { id: ids, push_time: { [Op.lte]: seen } }
    if (ids.length > 0) await this.model.update({ push_time: until }, { where, ...db })
  }

  /** Makes everything be looked at that should be in a queue by now; what is due later is pushed in its time. */
  async lookAgain(db: Db, moment: Date): Promise<void> {
    const soon = new Date(moment.getTime() + PUSHED_BEFORE_MS)
    await this.model.update({ push_time: moment }, { where: { due_time: { [Op.lte]: soon } }, ...db })
  }
}

export const outboxCrud = new OutboxCrud(TaskOutbox)
