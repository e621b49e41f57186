import { LinkModel, Column, SNOWFLAKE, Table } from '#core'
import type { InferAttributes, InferCreationAttributes } from '#core'

/** The four link tables. Each pair is unique; links leave together with either end. */

@Table({ tableName: 'sys_user_role' })
export class UserRole extends LinkModel<InferAttributes<UserRole>, InferCreationAttributes<UserRole>> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare user_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare role_id: string
}

@Table({ tableName: 'sys_role_menu' })
export class RoleMenu extends LinkModel<InferAttributes<RoleMenu>, InferCreationAttributes<RoleMenu>> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare role_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare menu_id: string
}

@Table({ tableName: 'sys_role_data_scope' })
export class RoleDataScope extends LinkModel<
  InferAttributes<RoleDataScope>,
  InferCreationAttributes<RoleDataScope>
> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare role_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare data_scope_id: string
}

@Table({ tableName: 'sys_data_scope_rule' })
export class DataScopeRule extends LinkModel<
  InferAttributes<DataScopeRule>,
  InferCreationAttributes<DataScopeRule>
> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare data_scope_id: string

  @Column({ type: SNOWFLAKE, allowNull: false })
  declare data_rule_id: string
}
