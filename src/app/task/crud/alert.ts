import { Crud, now, type Db, type Row } from '#core'
import { TaskAlert } from '../model/alert'

export type AlertRow = Row<TaskAlert>

class AlertCrud extends Crud<TaskAlert> {
  open(db: Db): Promise<AlertRow[]> {
    return this.find(db, { where: { open: true }, order: ['id'] })
  }

  /** Makes the rows that are not there yet, closed. */
  async know(db: Db, alerts: Pick<AlertRow, 'id' | 'created_time' | 'kind' | 'subject'>[]): Promise<void> {
    await this.appendNew(db, alerts, { updateOnDuplicate: ['kind'], upsertKeys: ['kind', 'subject'] })
  }

  /** @returns whether it was this caller who changed it */
  async turn(db: Db, { kind, subject }: Pick<AlertRow, 'kind' | 'subject'>, open: boolean, amount: number) {
    const values = { open, amount, updated_time: now() }
    const [changed] = await this.model.update(values, { where: { kind, subject, open: !open }, ...db })
    return changed > 0
  }
}

export const alertCrud = new AlertCrud(TaskAlert)
