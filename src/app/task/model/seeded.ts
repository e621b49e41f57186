import { BaseModel, Column, DataType, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** A task whose schedule was made from its declaration. It is not made again, whatever became of it. */
@Table({ tableName: 'task_seeded' })
export class TaskSeeded extends BaseModel<InferAttributes<TaskSeeded>, InferCreationAttributes<TaskSeeded>> {
  @Column({ type: DataType.STRING(155), allowNull: false })
  declare task: string
}
