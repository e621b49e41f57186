import { Column, DataType, EditableModel, LONG_TEXT, SNOWFLAKE, Table } from '#core'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from '#core'

/** 0 directory, 1 menu, 2 button, 3 embedded page, 4 external link. */
export const MENU_TYPES = [0, 1, 2, 3, 4] as const
export const BUTTON = 2
export const EMBEDDED = 3
export const EXTERNAL = 4

@Table({ tableName: 'sys_menu' })
export class Menu extends EditableModel<InferAttributes<Menu>, InferCreationAttributes<Menu>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare title: string

  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string

  @Column({ type: DataType.STRING(200) })
  declare path: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare sort: CreationOptional<number>

  @Column({ type: DataType.STRING(128) })
  declare icon: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 0 })
  declare type: CreationOptional<number>

  @Column({ type: DataType.STRING(256) })
  declare component: CreationOptional<string | null>

  /** Permission codes, separated by commas. */
  @Column({ type: DataType.STRING(128) })
  declare perms: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare status: CreationOptional<number>

  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare display: CreationOptional<number>

  /** Whether the page is kept alive when the user leaves it. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare cache: CreationOptional<number>

  @Column({ type: LONG_TEXT })
  declare link: CreationOptional<string | null>

  @Column({ type: LONG_TEXT })
  declare remark: CreationOptional<string | null>

  @Column({ type: SNOWFLAKE })
  declare parent_id: CreationOptional<string | null>
}
