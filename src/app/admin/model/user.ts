import { Column, DataType, EditableModel, SNOWFLAKE, TIMESTAMP, Table, now } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'
import { randomUUID } from 'node:crypto'

@Table({ tableName: 'sys_user' })
export class User extends EditableModel<InferAttributes<User>, InferCreationAttributes<User>> {
  static override readonly secret = ['password', 'salt', 'mfa_secret', 'mfa_recovery_codes']

  @Column({ type: DataType.STRING(64), allowNull: false, defaultValue: () => randomUUID() })
  declare uuid: CreationOptional<string>

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare username: string

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare nickname: string

  /** argon2id, or bcrypt from an imported database; null for users who only sign in elsewhere. */
  @Column({ type: DataType.STRING(256) })
  declare password: CreationOptional<string | null>

  /** Only kept for imported databases; never needed to verify. */
  @Column({ type: DataType.BLOB })
  declare salt: CreationOptional<Buffer | null>

  @Column({ type: DataType.STRING(256) })
  declare email: CreationOptional<string | null>

  @Column({ type: DataType.STRING(11) })
  declare phone: CreationOptional<string | null>

  @Column({ type: DataType.STRING(256) })
  declare avatar: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_superuser: CreationOptional<boolean>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_staff: CreationOptional<boolean>

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare is_multi_login: CreationOptional<boolean>

  @Column({ type: TIMESTAMP, allowNull: false, defaultValue: () => now() })
  declare join_time: CreationOptional<Date>

  @Column({ type: TIMESTAMP })
  declare last_login_time: CreationOptional<Date | null>

  @Column({ type: TIMESTAMP, defaultValue: () => now() })
  declare last_password_changed_time: CreationOptional<Date | null>

  @Column({ type: SNOWFLAKE })
  declare dept_id: CreationOptional<string | null>

  /** Encrypted TOTP secret; null where the second factor is not enrolled. */
  @Column({ type: DataType.STRING(512) })
  declare mfa_secret: CreationOptional<string | null>

  /** The factor is only asked for once its first code was confirmed. */
  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare mfa_enabled: CreationOptional<boolean>

  /** The last accepted 30-second step, so that a code works once. */
  @Column({ type: DataType.INTEGER })
  declare mfa_last_step: CreationOptional<number | null>

  /** Hashes of the unused recovery codes. */
  @Column({ type: DataType.JSON })
  declare mfa_recovery_codes: CreationOptional<string[] | null>
}
