import { Column, DataType, EditableModel, LONG_TEXT, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** A dictionary: a set of values that pages offer for one field. */
@Table({ tableName: 'sys_dict_type' })
export class DictType extends EditableModel<InferAttributes<DictType>, InferCreationAttributes<DictType>> {
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare name: string

  /** What pages ask for it by. */
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare code: string

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>
}
