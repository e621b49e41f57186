import { Column, DataType, EditableModel, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** What operators wish for a queue. One that has no row here is as it was made: not paused. */
@Table({ tableName: 'task_queue' })
export class TaskQueue extends EditableModel<InferAttributes<TaskQueue>, InferCreationAttributes<TaskQueue>> {
  @Column({ type: DataType.STRING(155), allowNull: false })
  declare name: string

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare paused: CreationOptional<boolean>
}
