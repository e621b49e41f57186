import { Column, DataType, EditableModel, LONG_TEXT, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'
import { isSecret } from '../secret'

/** A setting that operators change while Steward runs. The value of a secret one is stored encrypted. */
@Table({ tableName: 'sys_config' })
export class Config extends EditableModel<InferAttributes<Config>, InferCreationAttributes<Config>> {
  static override readonly secret = (row: Record<string, unknown>) =>
    isSecret({ key: String(row['key']), value: String(row['value']) }) ? ['value'] : []

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare name: string

  /** The group. `<type>_CONFIG_STATUS` switches it. */
  @Column({ type: DataType.STRING(32) })
  declare type: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare key: string

  @Column({ type: LONG_TEXT, allowNull: false })
  declare value: string

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_frontend: CreationOptional<boolean>

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>
}
