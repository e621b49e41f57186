import { BaseModel, Column, DataType, SNOWFLAKE, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** One moment at which a schedule was due, or a row of moments that were missed together. */
@Table({ tableName: 'task_tick' })
export class TaskTick extends BaseModel<InferAttributes<TaskTick>, InferCreationAttributes<TaskTick>> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare schedule_id: string

  @Column({ type: TIMESTAMP, allowNull: false })
  declare due_time: Date

  /** Where the row stands for several: the last of them. */
  @Column({ type: TIMESTAMP })
  declare last_due_time: CreationOptional<Date | null>

  /** How many moments the row stands for; of very many, at least so many. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare ticks: CreationOptional<number>

  /** dispatched, held (until the task before it has ended), skipped or missed */
  @Column({ type: DataType.STRING(16), allowNull: false })
  declare outcome: string

  /** Why it was not dispatched, or not in the usual way: one word per reason. */
  @Column({ type: DataType.STRING(32) })
  declare reason: CreationOptional<string | null>

  /** What the reason cannot say, e.g. which argument does not fit. */
  @Column({ type: DataType.STRING(256) })
  declare detail: CreationOptional<string | null>

  @Column({ type: DataType.STRING(155) })
  declare task_id: CreationOptional<string | null>
}
