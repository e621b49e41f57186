import { Column, DataType, EditableModel, SNOWFLAKE, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** A path rule: members of the role may call the method on paths that fit. Used when RBAC_ROLE_MENU_MODE is false. */
@Table({ tableName: 'sys_casbin_rule' })
export class CasbinRule extends EditableModel<
  InferAttributes<CasbinRule>,
  InferCreationAttributes<CasbinRule>
> {
  @Column({ type: SNOWFLAKE, allowNull: false })
  declare role_id: string

  /** keyMatch2 pattern, e.g. `/api/v1/sys/users/:pk`. */
  @Column({ type: DataType.STRING(256), allowNull: false })
  declare path: string

  /** Upper case, or `*` for every method. */
  @Column({ type: DataType.STRING(10), allowNull: false })
  declare method: string

  @Column({ type: DataType.STRING(256) })
  declare remark: CreationOptional<string | null>
}
