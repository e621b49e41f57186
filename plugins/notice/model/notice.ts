import { Column, DataType, EditableModel, LONG_TEXT, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** An announcement, written in Markdown. */
@Table({ tableName: 'sys_notice' })
export class Notice extends EditableModel<InferAttributes<Notice>, InferCreationAttributes<Notice>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare title: string

  /** 0 notice, 1 announcement. */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare type: number

  /** 0 hidden, 1 shown. */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare status: number

  @Column({ type: LONG_TEXT, allowNull: false })
  declare content: string

  /** Whom it is for; users and roles stand in `NoticeTarget`. */
  @Column({ type: DataType.STRING(16), allowNull: false, defaultValue: 'everyone' })
  declare audience: CreationOptional<'everyone' | 'users' | 'roles'>

  /** When people were told of it, null where nobody was. */
  @Column({ type: TIMESTAMP })
  declare published_time: CreationOptional<Date | null>
}
