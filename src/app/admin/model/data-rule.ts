import { Column, DataType, EditableModel, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** One condition on the rows of a model. */
@Table({ tableName: 'sys_data_rule' })
export class DataRule extends EditableModel<InferAttributes<DataRule>, InferCreationAttributes<DataRule>> {
  @Column({ type: DataType.STRING(512), allowNull: false })
  declare name: string

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare model: string

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare column: string

  /** 0 AND, 1 OR */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare operator: number

  /** 0 equal, 1 not equal, 2 greater, 3 greater or equal, 4 less, 5 less or equal, 6 in, 7 not in */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare expression: number

  @Column({ type: DataType.STRING(256), allowNull: false })
  declare value: string
}
