import { Column, DataType, Table } from 'sequelize-typescript'
import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize'
import { EditableModel } from '../../infra/base-model'
import { LONG_TEXT } from '../../infra/dialect'

/** State of a plugin whose folder is gone, and whose tables and rows were kept. */
export const REMOVED = 'removed'

/** What is known about a plugin beyond its folder. */
@Table({ tableName: 'sys_plugin' })
export class PluginRow extends EditableModel<InferAttributes<PluginRow>, InferCreationAttributes<PluginRow>> {
  @Column({ type: DataType.STRING(64), allowNull: false })
  declare name: string

  @Column({ type: DataType.STRING(32), allowNull: false })
  declare version: string

  /** Whether it is to work; switched by a super user. */
  @Column({ type: DataType.BOOLEAN, allowNull: false })
  declare is_enabled: boolean

  /** folder, zip, git or npm */
  @Column({ type: DataType.STRING(16), allowNull: false })
  declare source: string

  /** Where it came from: address of the repository, package with its version, name of the file. */
  @Column({ type: DataType.STRING(512) })
  declare origin: CreationOptional<string | null>

  /** SHA-256 of its files when it was installed. */
  @Column({ type: DataType.STRING(64) })
  declare hash: CreationOptional<string | null>

  /** on, off or set_aside, as the last process saw it that looked; removed where its rows were kept. */
  @Column({ type: DataType.STRING(16), allowNull: false })
  declare state: string

  @Column({ type: LONG_TEXT })
  declare reason: CreationOptional<string | null>

  @Column({ type: DataType.INTEGER })
  declare load_ms: CreationOptional<number | null>

  /** By how much loading made the heap grow, an estimate. */
  @Column({ type: DataType.INTEGER })
  declare memory_bytes: CreationOptional<number | null>
}
