import { BaseModel, Column, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** Somebody has read a notice. */
@Table({ tableName: 'sys_notice_read' })
export class NoticeRead extends BaseModel<InferAttributes<NoticeRead>, InferCreationAttributes<NoticeRead>> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare notice_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare user_id: string
}
