import { Crud, type Db } from '#core'
import { TaskQueue } from '../model/queue'

class QueueCrud extends Crud<TaskQueue> {
  byName(db: Db, name: string) {
    return this.first(db, { name })
  }

  async paused(db: Db): Promise<string[]> {
    const rows = await this.find(db, { where: { paused: true }, columns: ['name'] })
    return rows.map((row) => row.name)
  }
}

export const queueCrud = new QueueCrud(TaskQueue)
