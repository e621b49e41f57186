import { Column, DataType, EditableModel, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** Something that is, or was, wrong with background work; one row for each thing, raised and cleared again and again. */
@Table({ tableName: 'task_alert' })
export class TaskAlert extends EditableModel<InferAttributes<TaskAlert>, InferCreationAttributes<TaskAlert>> {
  /** no_worker, queue_long, many_failures or schedule_late */
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare kind: string

  /** Name of the queue, id of the schedule; empty where it is about all. */
  @Column({ type: DataType.STRING(155), allowNull: false })
  declare subject: string

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare open: CreationOptional<boolean>

  /** Waiting tasks, failures, seconds: whatever the threshold is about. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare amount: CreationOptional<number>
}
