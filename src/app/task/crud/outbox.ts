import { Crud, Op, type Db, type Row } from '#core'
import { TaskOutbox } from '../model/outbox'

class OutboxCrud extends Crud<TaskOutbox> {
  byUniqueKey(db: Db, key: string) {
    return this.first(db, { unique_key: key })
  }

  /** Rows whose turn to be looked at has come, the oldest first. */
  due(db: Db, moment: Date, limit: number): Promise<Row<TaskOutbox>[]> {
    return this.find(db, { where: { push_time: { [Op.lte]: moment } }, order: ['push_time', 'id'], limit })
  }

  async postpone(db: Db, ids: string[], until: Date): Promise<void> {
    if (ids.length > 0) await this.model.update({ push_time: until }, { where: { id: ids }, ...db })
  }

  async reschedule(db: Db, id: string, due: Date, push: Date): Promise<void> {
    await this.model.update({ due_time: due, push_time: push }, { where: { id }, ...db })
  }

  async drop(db: Db, id: string): Promise<void> {
    await this.model.destroy({ where: { id }, ...db })
  }
}

export const outboxCrud = new OutboxCrud(TaskOutbox)
