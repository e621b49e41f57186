import { BaseModel, Column, DataType, LONG_TEXT, TIMESTAMP, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes, Operation } from '#core'

/** Where somebody called from, as far as the address and the user agent tell. */
abstract class OriginModel<A extends object, C extends object> extends BaseModel<A, C> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare ip: string

  @Column({ type: DataType.STRING(64) })
  declare country: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare region: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare city: CreationOptional<string | null>

  @Column({ type: DataType.STRING(512) })
  declare user_agent: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare os: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare browser: CreationOptional<string | null>

  @Column({ type: DataType.STRING(64) })
  declare device: CreationOptional<string | null>
}

/** One row for each try to log in. */
@Table({ tableName: 'sys_login_log' })
export class LoginLog extends OriginModel<InferAttributes<LoginLog>, InferCreationAttributes<LoginLog>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare user_uuid: string

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare username: string

  /** 0 failed, 1 succeeded */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare status: CreationOptional<number>

  @Column({ type: LONG_TEXT, allowNull: false })
  declare msg: string

  @Column({ type: TIMESTAMP, allowNull: false })
  declare login_time: Date
}

/** One row for each call of the API. */
@Table({ tableName: 'sys_opera_log' })
export class OperaLog extends OriginModel<InferAttributes<OperaLog>, InferCreationAttributes<OperaLog>> {
  @Column({ type: DataType.STRING(32), allowNull: false })
  declare trace_id: string

  @Column({ type: DataType.STRING(64) })
  declare username: CreationOptional<string | null>

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare method: string

  @Column({ type: DataType.STRING(256), allowNull: false })
  declare title: string

  @Column({ type: DataType.STRING(512), allowNull: false })
  declare path: string

  @Column({ type: DataType.JSON })
  declare args: CreationOptional<Record<string, unknown> | null>

  /** Before and after values of what the call changed; null where it changed nothing. */
  @Column({ type: DataType.JSON })
  declare changes: CreationOptional<Operation['changes']>

  /** 1 normal, 0 error */
  @Column({ type: DataType.INTEGER, allowNull: false })
  declare status: number

  @Column({ type: DataType.STRING(32), allowNull: false, defaultValue: '200' })
  declare code: CreationOptional<string>

  @Column({ type: LONG_TEXT })
  declare msg: CreationOptional<string | null>

  /** Milliseconds. */
  @Column({ type: DataType.DOUBLE, allowNull: false, defaultValue: 0 })
  declare cost_time: CreationOptional<number>

  @Column({ type: TIMESTAMP, allowNull: false })
  declare opera_time: Date
}
