import { BaseModel, Column, DataType, LONG_TEXT, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** A file that goes with a mail, kept as long as the mail. */
@Table({ tableName: 'sys_email_attachment' })
export class EmailAttachment extends BaseModel<
  InferAttributes<EmailAttachment>,
  InferCreationAttributes<EmailAttachment>
> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare email_id: string

  @Column({ type: DataType.STRING(255), allowNull: false })
  declare name: string

  @Column({ type: DataType.STRING(128), allowNull: false })
  declare content_type: string

  /** Bytes. */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare size: number

  /** Base64. */
  @Column({ type: LONG_TEXT, allowNull: false })
  declare content: string
}
