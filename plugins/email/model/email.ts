import { Column, DataType, EditableModel, LONG_TEXT, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

export type EmailState = 'pending' | 'sent' | 'failed'

/** A mail of the outbox. */
@Table({ tableName: 'sys_email' })
export class Email extends EditableModel<InferAttributes<Email>, InferCreationAttributes<Email>> {
  /** Bodies are read in the outbox, by whoever may. */
  static override readonly secret = ['text', 'html']

  /** Addresses with a comma between them, which no address has inside. */
  @Column({ type: LONG_TEXT, allowNull: false })
  declare recipients: string

  /** Those among them who have not got it and may get it yet; null as long as that is all of them. */
  @Column({ type: LONG_TEXT })
  declare missing: CreationOptional<string | null>

  /** Those among them whom the server refused for good. */
  @Column({ type: LONG_TEXT })
  declare refused: CreationOptional<string | null>

  @Column({ type: DataType.STRING(255), allowNull: false })
  declare subject: string

  /** Null where the body is hidden: it held a secret, and was never kept. */
  @Column({ type: LONG_TEXT })
  declare text: CreationOptional<string | null>

  @Column({ type: LONG_TEXT })
  declare html: CreationOptional<string | null>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_hidden: CreationOptional<boolean>

  @Column({ type: DataType.STRING(16), allowNull: false, defaultValue: 'pending' })
  declare state: CreationOptional<EmailState>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare attempts: CreationOptional<number>

  /** What the server or the connection said the last time that something went wrong. */
  @Column({ type: DataType.STRING(1000) })
  declare last_error: CreationOptional<string | null>

  /** When the server took it, for the first of its addresses. */
  @Column({ type: TIMESTAMP })
  declare sent_time: CreationOptional<Date | null>

  /** Unique: a mail that is asked for twice under the same key is one mail. */
  @Column({ type: DataType.STRING(128) })
  declare key: CreationOptional<string | null>

  /** The only task that may hand it over. */
  @Column({ type: DataType.STRING(64) })
  declare task_id: CreationOptional<string | null>
}
