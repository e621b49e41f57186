import { Column, DataType, EditableModel, SNOWFLAKE, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

@Table({ tableName: 'sys_dept' })
export class Dept extends EditableModel<InferAttributes<Dept>, InferCreationAttributes<Dept>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare sort: CreationOptional<number>

  @Column({ type: DataType.STRING(32) })
  declare leader: CreationOptional<string | null>

  @Column({ type: DataType.STRING(11) })
  declare phone: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare email: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>

  /** true: deleted, kept for the rows that still point here. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare del_flag: CreationOptional<boolean>

  @Column({ type: SNOWFLAKE })
  declare parent_id: CreationOptional<string | null>
}
