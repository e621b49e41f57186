import { Column, DataType, EditableModel, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** A named set of data rules that roles are given. */
@Table({ tableName: 'sys_data_scope' })
export class DataScope extends EditableModel<InferAttributes<DataScope>, InferCreationAttributes<DataScope>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>
}
