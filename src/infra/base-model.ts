import type { CreationOptional } from 'sequelize'
import { Column, Model, PrimaryKey, getOptions, type ModelCtor } from 'sequelize-typescript'
import { now } from './clock'
import { SNOWFLAKE, TIMESTAMP } from './dialect'
import { nextId } from './ids'

/** A row that only ties two others together: nothing but an id of its own. */
export abstract class LinkModel<A extends object = object, C extends object = A> extends Model<A, C> {
  @PrimaryKey
  @Column({ type: SNOWFLAKE, allowNull: false, defaultValue: () => nextId() })
  declare id: CreationOptional<string>

  /** Columns whose values must never reach the operation log, or what says so of one row. */
  static readonly secret: readonly string[] | ((row: Record<string, unknown>) => readonly string[]) = []
}

/** Every other table also keeps the moment its row was made. */
export abstract class BaseModel<A extends object = object, C extends object = A> extends LinkModel<A, C> {
  @Column({ type: TIMESTAMP, allowNull: false, defaultValue: () => now() })
  declare created_time: CreationOptional<Date>
}

/** A row that can be edited also keeps when that happened last; null until the first edit. */
export abstract class EditableModel<A extends object = object, C extends object = A> extends BaseModel<A, C> {
  @Column({ type: TIMESTAMP })
  declare updated_time: CreationOptional<Date | null>
}

/** The table of a model that need not be bound to a database yet. */
export const tableOf = (model: ModelCtor): string => getOptions(model.prototype)?.tableName ?? model.name
