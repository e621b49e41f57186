import { Column, DataType, EditableModel, LONG_TEXT, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** What runs again and again, or once at a set time. The names are those of the ancestor's table. */
@Table({ tableName: 'task_scheduler' })
export class TaskSchedule extends EditableModel<
  InferAttributes<TaskSchedule>,
  InferCreationAttributes<TaskSchedule>
> {
  /** Which of them are secret says the schema of a task that may not be there any more. */
  static override readonly secret = ['args', 'kwargs']

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string

  /** Name of the task, or an alias of it. */
  @Column({ type: DataType.STRING(256), allowNull: false })
  declare task: string

  /** JSON text inside of JSON, as the pages send it; rows of other origin may hold the array itself. */
  @Column({ type: DataType.JSON })
  declare args: CreationOptional<string | object | null>

  /** Like `args`, an object. */
  @Column({ type: DataType.JSON })
  declare kwargs: CreationOptional<string | object | null>

  @Column({ type: DataType.STRING(256) })
  declare queue: CreationOptional<string | null>

  /** Kept for whoever reads it; there is no AMQP here. */
  @Column({ type: DataType.STRING(256) })
  declare exchange: CreationOptional<string | null>

  @Column({ type: DataType.STRING(256) })
  declare routing_key: CreationOptional<string | null>

  @Column({ type: TIMESTAMP })
  declare start_time: CreationOptional<Date | null>

  @Column({ type: TIMESTAMP })
  declare expire_time: CreationOptional<Date | null>

  @Column({ type: DataType.INTEGER })
  declare expire_seconds: CreationOptional<number | null>

  /** 0 interval, 1 crontab */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare type: number

  @Column({ type: DataType.INTEGER })
  declare interval_every: CreationOptional<number | null>

  @Column({ type: DataType.STRING(256) })
  declare interval_period: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare crontab: CreationOptional<string | null>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare one_off: CreationOptional<boolean>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: true })
  declare enabled: CreationOptional<boolean>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare total_run_count: CreationOptional<number>

  /** When it was dispatched last; the tick row knows when that was due. */
  @Column({ type: TIMESTAMP })
  declare last_run_time: CreationOptional<Date | null>

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>

  /** Of the crontab; null means DATETIME_TIMEZONE. */
  @Column({ type: DataType.STRING(64) })
  declare timezone: CreationOptional<string | null>

  /** What happens while the task of an earlier tick is not finished: allow, skip, queue_one or cancel_old */
  @Column({ type: DataType.STRING(16), allowNull: false, defaultValue: 'allow' })
  declare overlap: CreationOptional<string>

  /** What happens to ticks that could not be dispatched in time: none, one or all */
  @Column({ type: DataType.STRING(16), allowNull: false, defaultValue: 'one' })
  declare catch_up: CreationOptional<string>

  /** Ticks that are older are missed for good; null knows no such limit. */
  @Column({ type: DataType.INTEGER })
  declare catch_up_seconds: CreationOptional<number | null>

  /** Each tick begins up to this much later, at random. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare jitter_seconds: CreationOptional<number>

  /** The due time of the last tick that was dealt with; before the first, when it was made or enabled. */
  @Column({ type: TIMESTAMP, allowNull: false })
  declare base_time: Date

  /** Null when nothing is to come: disabled, expired, or not readable any more. */
  @Column({ type: TIMESTAMP })
  declare next_run_time: CreationOptional<Date | null>

  /** Why the last tick could not be dispatched, when the row itself is to blame. */
  @Column({ type: DataType.STRING(256) })
  declare problem: CreationOptional<string | null>
}
