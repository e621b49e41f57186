import { BaseModel, Column, DataType, LONG_TEXT, SNOWFLAKE, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** What became of one task, from the moment it was accepted. `result`, `args` and `kwargs` are JSON text. */
@Table({ tableName: 'task_result' })
export class TaskResult extends BaseModel<InferAttributes<TaskResult>, InferCreationAttributes<TaskResult>> {
  @Column({ type: DataType.STRING(155), allowNull: false })
  declare task_id: string

  /** PENDING, STARTED, RETRY, SUCCESS, FAILURE or REVOKED */
  @Column({ type: DataType.STRING(64), allowNull: false, defaultValue: 'PENDING' })
  declare status: CreationOptional<string>

  @Column({ type: LONG_TEXT })
  declare result: CreationOptional<string | null>

  /** Only on final states. */
  @Column({ type: TIMESTAMP })
  declare date_done: CreationOptional<Date | null>

  @Column({ type: LONG_TEXT })
  declare traceback: CreationOptional<string | null>

  @Column({ type: DataType.STRING(155) })
  declare name: CreationOptional<string | null>

  @Column({ type: LONG_TEXT })
  declare args: CreationOptional<string | null>

  @Column({ type: LONG_TEXT })
  declare kwargs: CreationOptional<string | null>

  @Column({ type: DataType.STRING(155) })
  declare worker: CreationOptional<string | null>

  /** Retries used up: 0 on the first attempt. */
  @Column({ type: DataType.INTEGER })
  declare retries: CreationOptional<number | null>

  @Column({ type: DataType.STRING(155) })
  declare queue: CreationOptional<string | null>

  /** How often a worker has begun it; whoever began last may write how it ended. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare starts: CreationOptional<number>

  @Column({ type: TIMESTAMP })
  declare started_time: CreationOptional<Date | null>

  /** How often a worker vanished while it had it. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare losses: CreationOptional<number>

  /** Until then it is left to the worker that has begun it, which puts this off as long as it lives. */
  @Column({ type: TIMESTAMP })
  declare lease_time: CreationOptional<Date | null>

  /** When somebody wished that it be stopped although it runs. */
  @Column({ type: TIMESTAMP })
  declare terminate_time: CreationOptional<Date | null>

  /** When it could have begun, of the last attempt; later where it was delayed. */
  @Column({ type: TIMESTAMP })
  declare due_time: CreationOptional<Date | null>

  /** Not begun after this. */
  @Column({ type: TIMESTAMP })
  declare expire_time: CreationOptional<Date | null>

  /** 0 to 100. */
  @Column({ type: DataType.INTEGER })
  declare progress: CreationOptional<number | null>

  @Column({ type: LONG_TEXT })
  declare log: CreationOptional<string | null>

  /** The request that asked for it. */
  @Column({ type: DataType.STRING(32) })
  declare request_id: CreationOptional<string | null>

  /** For whom it acts; null for Steward itself. */
  @Column({ type: SNOWFLAKE })
  declare user_id: CreationOptional<string | null>

  @Column({ type: SNOWFLAKE })
  declare schedule_id: CreationOptional<string | null>

  /** The due time of the schedule that it runs for. */
  @Column({ type: TIMESTAMP })
  declare tick_time: CreationOptional<Date | null>

  /** The task whose run asked for this one. */
  @Column({ type: SNOWFLAKE })
  declare parent_id: CreationOptional<string | null>

  /** The task that this one repeats because an operator wanted it. */
  @Column({ type: SNOWFLAKE })
  declare retry_of: CreationOptional<string | null>

  /** Why it failed, in one line. */
  @Column({ type: DataType.STRING(500) })
  declare error: CreationOptional<string | null>
}
