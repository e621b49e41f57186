import { Column, DataType, EditableModel, LONG_TEXT, SNOWFLAKE, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** One entry of a dictionary. */
@Table({ tableName: 'sys_dict_data' })
export class DictData extends EditableModel<InferAttributes<DictData>, InferCreationAttributes<DictData>> {
  /** The code of its type, kept here too so that pages find entries in one query. */
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare type_code: string

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare label: string

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare value: string

  @Column({ type: DataType.STRING(32) })
  declare color: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare sort: CreationOptional<number>

  /** 0 disabled, 1 enabled. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare type_id: string
}
