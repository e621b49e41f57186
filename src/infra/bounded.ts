import {
  Op,
  col,
  fn,
  literal,
  where as test,
  type Model,
  type ModelStatic,
  type Sequelize,
  type WhereOptions,
} from 'sequelize'
import type { Db } from './db'
import { distinctSql } from './dialect'
import { run, selectText } from './plain-rows'

/** Queries on large tables whose work is bounded by how much is asked for, never by how much there is. */

type AnyModel = ModelStatic<Model>

/** @returns how many rows fit; never more than `max`, after which nobody looks */
export async function countUpTo(db: Db, model: AnyModel, where: WhereOptions, max: number): Promise<number> {
  const sql = `SELECT COUNT(*) AS total FROM (${idsWhere(model, where, max)}) AS bounded`
  const [row] = await run(model, { sql }, db.transaction)
  return Number(row?.['total'] ?? 0)
}

/** As SQL: the ids of rows that fit, in no order. */
export const idsWhere = (model: AnyModel, where: WhereOptions, limit: number): string =>
  selectText(model, { attributes: ['id'], where, limit })

/**
 * As SQL: the highest ids among the rows that fit one of the conditions. Each has to be an equality of a column with an
 * index `(column, id)`: then nothing is sorted, however many rows there are.
 */
export function newestIds(model: AnyModel, conditions: WhereOptions[], limit: number): string {
  const order = [['id', 'DESC']]
  // Of no conditions, none can be met.
  const any = conditions.length > 0 ? conditions : [{ id: null }]
  const each = any.map((where) => selectText(model, { attributes: ['id'], where, order, limit }))
  if (each.length === 1) return each.join('')
  const parts = each.map((sql, at) => `SELECT id FROM (${sql}) AS part${at}`)
  return `SELECT id FROM (${parts.join(' UNION ALL ')}) AS parts ORDER BY id DESC LIMIT ${limit}`
}

/** A condition on `id`: it is one of those that the SQL finds. They are found first, and their rows by them. */
export const among = (sql: string) => ({ [Op.in]: literal(`(SELECT id FROM (${sql}) AS chosen)`) })

/** The lowest id that the SQL finds, or null where it finds none. */
export async function lowestId(db: Db, model: AnyModel, sql: string): Promise<string | null> {
  const [row] = await run(model, { sql: `SELECT MIN(id) AS lowest FROM (${sql}) AS chosen` }, db.transaction)
  const lowest = row?.['lowest']
  return typeof lowest === 'string' || typeof lowest === 'number' ? String(lowest) : null
}

/**
 * A condition: `other` has a row with the same id that fits. Asked row by row, so that it is cheap for few rows, however
 * many `other` has.
 */
export function hasRowIn(model: AnyModel, other: AnyModel, where: WhereOptions): WhereOptions {
  const qi = sequelizeOf(model).getQueryInterface()
  const [mine, theirs] = [qi.quoteIdentifier(model.name), qi.quoteIdentifier(other.name)]
  const same = literal(`${theirs}.id = ${mine}.id`)
  const sql = selectText(other, {
    attributes: [[literal('COUNT(*)'), 'total']],
    where: { [Op.and]: [same, where] },
  })
  return literal(`(${sql}) > 0`)
}

/** A condition that no index answers, so that it is only asked of rows that another one has found. Null fits nothing. */
export const askedOf = (column: string, kind: 'text' | 'id', values: readonly string[]): WhereOptions =>
  test(fn('coalesce', col(column), kind === 'text' ? '' : 0), { [Op.in]: [...values] })

/**
 * The different values of an indexed column, in order, found by leaping from one to the next.
 * @param max of values
 */
export async function distinctValues(
  db: Db,
  model: AnyModel,
  column: string,
  { from = '', below, max }: { from?: string; below?: string; max: number },
): Promise<string[]> {
  const sequelize = sequelizeOf(model)
  const sql = distinctSql(sequelize, { table: model.tableName, column, from, below, max })
  const rows = await run(model, { sql }, db.transaction)
  return rows.map((row) => String(row['value']))
}

function sequelizeOf(model: AnyModel): Sequelize {
  if (!model.sequelize) throw new Error(`${model.name} is not bound to a database`)
  return model.sequelize
}
