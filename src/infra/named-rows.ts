import { Op, QueryTypes, literal, type WhereOptions } from 'sequelize'
import { database } from './database'
import type { Db } from './db'

/** Rows of a table that is known by name only: those whose columns have one of these values. */
export interface NamedRows {
  table: string
  where: Record<string, string[]>
  /** Instead of those that `where` finds in `above`, the rows whose `column` holds the id of one of them. */
  below?: { column: string; above: string }
}

interface Writer {
  selectQuery(table: string, options: object): string
}

const writer = () => database().getQueryInterface().queryGenerator as Writer

/** A column with no value at all to match finds nothing. */
const isNothing = ({ where }: NamedRows) => Object.values(where).some((values) => values.length === 0)

function conditionOf({ where, below }: NamedRows): WhereOptions {
  if (!below) return where
  const ids = writer()
    .selectQuery(below.above, { attributes: ['id'], where })
    .replace(/;$/, '')
  return { [below.column]: { [Op.in]: literal(`(${ids})`) } }
}

export async function deleteNamed(db: Db, rows: NamedRows): Promise<void> {
  if (isNothing(rows)) return
  const { transaction } = db
  await database().getQueryInterface().bulkDelete(rows.table, conditionOf(rows), { transaction })
}

/** @returns how many there are; none where the table, or the one above it, is not there */
export async function countNamed(db: Db, rows: NamedRows): Promise<number> {
  if (isNothing(rows)) return 0
  const tables = [rows.table, ...(rows.below ? [rows.below.above] : [])]
  for (const table of tables) if (!(await database().getQueryInterface().tableExists(table))) return 0
  const attributes = [[literal('count(*)'), 'count']]
  const sql = writer().selectQuery(rows.table, { attributes, where: conditionOf(rows) })
  const options = { type: QueryTypes.SELECT as const, transaction: db.transaction }
  const [found] = await database().query<{ count: unknown }>(sql, options)
  return Number(found?.count)
}

/** The rows that are as old as one of another table, or younger; both have the column. */
export interface Since {
  column: string
  table: string
  where: Record<string, string>
}

/** Some columns of the rows of a table. @returns none where it is not there */
export async function rowsIn<T extends object>(
  db: Db,
  table: string,
  attributes: (keyof T & string)[],
  since?: Since,
): Promise<T[]> {
  if (!(await database().getQueryInterface().tableExists(table))) return []
  const where = since ? { [since.column]: { [Op.gte]: literal(`(${momentIn(since)})`) } } : {}
  const sql = writer().selectQuery(table, { attributes, where })
  return database().query<T>(sql, { type: QueryTypes.SELECT, transaction: db.transaction })
}

const momentIn = ({ column, table, where }: Since): string =>
  writer()
    .selectQuery(table, { attributes: [column], where })
    .replace(/;$/, '')
