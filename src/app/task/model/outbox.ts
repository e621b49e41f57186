import { BaseModel, Column, DataType, SNOWFLAKE, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/**
 * A task that is not finished, with the id of its result: made with it, gone with its last state. The queue in Redis
 * is only the way to the workers; what it does not hold is pushed again from here.
 */
@Table({ tableName: 'task_outbox' })
export class TaskOutbox extends BaseModel<InferAttributes<TaskOutbox>, InferCreationAttributes<TaskOutbox>> {
  @Column({ type: DataType.STRING(155), allowNull: false })
  declare name: string

  @Column({ type: DataType.STRING(155), allowNull: false })
  declare queue: string

  /** Not begun before this. */
  @Column({ type: TIMESTAMP, allowNull: false })
  declare due_time: Date

  /** When it is looked at next; the push right after the commit comes before. */
  @Column({ type: TIMESTAMP, allowNull: false })
  declare push_time: Date

  /** Of a task that may be there only once with an equal payload. */
  @Column({ type: DataType.STRING(64) })
  declare unique_key: CreationOptional<string | null>

  /**
   * The schedule one of whose ticks asked for it when that was due, so that the next ones know what is not finished. Not
   * what a backfill, a run by hand or a repetition asks for.
   */
  @Column({ type: SNOWFLAKE })
  declare schedule_id: CreationOptional<string | null>
}
