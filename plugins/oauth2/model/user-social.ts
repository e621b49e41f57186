import { Column, DataType, EditableModel, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** An account at another service that a user signs in with. */
@Table({ tableName: 'sys_user_social' })
export class UserSocial extends EditableModel<
  InferAttributes<UserSocial>,
  InferCreationAttributes<UserSocial>
> {
  /** The provider's own id of the account. */
  @Column({ type: DataType.STRING(256), allowNull: false })
  declare sid: string

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare source: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare user_id: string
}
