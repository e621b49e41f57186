import { BaseModel, Column, DataType, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** Hashes of the passwords a user has set, the newest being the current one. */
@Table({ tableName: 'sys_user_password_history' })
export class UserPasswordHistory extends BaseModel<
  InferAttributes<UserPasswordHistory>,
  InferCreationAttributes<UserPasswordHistory>
> {
  static override readonly secret = ['password']

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare user_id: string

  @Column({ type: DataType.STRING(256), allowNull: false })
  declare password: string
}
