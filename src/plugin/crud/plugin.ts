import type { CreationAttributes } from 'sequelize'
import { now } from '../../infra/clock'
import { nextId } from '../../infra/ids'
import { Crud, type Row } from '../../infra/crud'
import type { Db } from '../../infra/db'
import { PluginRow } from '../model/plugin'

class PluginCrud extends Crud<PluginRow> {
  all(db: Db): Promise<Row<PluginRow>[]> {
    return this.find(db, { order: ['name'] })
  }

  /** Adds a plugin, unless another process was faster. */
  async meet(db: Db, values: CreationAttributes<PluginRow>): Promise<void> {
    const row = { id: nextId(), created_time: now(), ...values }
    await this.appendNew(db, [row], { updateOnDuplicate: ['state'], upsertKeys: ['name'] })
  }

  async lockByName(db: Db, name: string): Promise<Row<PluginRow> | null> {
    const row = await this.first(db, { name })
    return row ? this.lock(db, row.id) : null
  }
}

export const pluginCrud = new PluginCrud(PluginRow)
