import { Column, DataType, EditableModel, LONG_TEXT, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

@Table({ tableName: 'sys_role' })
export class Role extends EditableModel<InferAttributes<Role>, InferCreationAttributes<Role>> {
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare name: string

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>

  /** false: members see every row, whatever their data rules say. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: true })
  declare is_filter_scopes: CreationOptional<boolean>

  /** true: members must enrol a second factor before they may do anything else. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_mfa_required: CreationOptional<boolean>

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>
}
