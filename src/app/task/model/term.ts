import { Column, DataType, LinkModel, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** One word of the payload or the error of a task; `id` is that of its result. */
@Table({ tableName: 'task_term' })
export class TaskTerm extends LinkModel<InferAttributes<TaskTerm>, InferCreationAttributes<TaskTerm>> {
  @Column({ type: DataType.STRING(64), allowNull: false, primaryKey: true })
  declare term: CreationOptional<string>
}
