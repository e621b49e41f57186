import { Column, LinkModel, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** A user or a role that a notice is for, as its audience says. */
@Table({ tableName: 'sys_notice_target' })
export class NoticeTarget extends LinkModel<
  InferAttributes<NoticeTarget>,
  InferCreationAttributes<NoticeTarget>
> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare notice_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare target_id: string
}
