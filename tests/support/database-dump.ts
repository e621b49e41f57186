import { QueryTypes } from 'sequelize'
import { env } from '../../src/config/env'
import { closeDatabase, database, openDatabase } from '../../src/infra/database'
import { dialectOf, type Dialect } from '../../src/infra/dialect'

/** What a database holds, as text that can be compared: structure in its own words, and the rows of every table. */
export type Dump = Record<string, string[]>

/**
 * Rows that move while nothing of the kind is changed: the logs, since what happened is never taken back, and the
 * leases of running processes. Their tables are compared all the same, only not their rows.
 */
const MOVING = new Set(['sys_opera_log', 'sys_login_log', 'sys_lock'])

/** Opens the database of an installation for a moment. @param home see `freshHome()` */
export async function inDatabaseOf<T>(home: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const DATABASE_FILE = `${home.DATA_DIR}/steward.db`
  const DATABASE_SCHEMA = home.DATABASE_SCHEMA ?? env.DATABASE_SCHEMA
  await openDatabase({ ...env, DATABASE_FILE, DATABASE_SCHEMA })
  try {
    return await work()
  } finally {
    await closeDatabase()
  }
}

/** The whole database of an installation, in an order of its own. */
export const dumpOf = (home: Record<string, string>): Promise<Dump> => inDatabaseOf(home, dump)

export const ask = <T extends object>(sql: string): Promise<T[]> =>
  database().query<T>(sql, { type: QueryTypes.SELECT })

async function dump(): Promise<Dump> {
  const kind = dialectOf(database())
  const found: Dump = { structure: (await STRUCTURE[kind]()).sort() }
  for (const table of await tables()) {
    if (MOVING.has(table)) continue
    const rows = await ask(`SELECT * FROM ${table}`)
    found[table] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return found
}

async function tables(): Promise<string[]> {
  const found = (await database().getQueryInterface().showAllTables()) as (string | { tableName: string })[]
  return found.map((table) => (typeof table === 'string' ? table : table.tableName)).sort()
}

/** Tables with columns, types, indexes and constraints, as each database describes them itself. */
const STRUCTURE: Record<Dialect, () => Promise<string[]>> = {
  sqlite: async () => {
    const found = await ask<{ type: string; name: string; sql: string }>(
      'SELECT type, name, sql FROM sqlite_master',
    )
    return found.map(({ type, name, sql }) => `${type} ${name}: ${sql}`)
  },
  mysql: async () => {
    const found = await Promise.all(
      (await tables()).map((table) => ask<Record<string, string>>(`SHOW CREATE TABLE \`${table}\``)),
    )
    return found.flat().map((row) => Object.values(row).join(': '))
  },
  postgres: async () => {
    const parts = await Promise.all(POSTGRES.map((sql) => ask<{ what: string }>(sql)))
    return parts.flat().map(({ what }) => what)
  },
}

const MINE = 'n.nspname = current_schema()'
const POSTGRES = [
  // Tables, indexes, sequences and views, with owner-independent properties.
  `SELECT concat_ws(' ', c.relkind, c.relname) AS what FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${MINE}`,
  `SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation,
     pg_get_expr(d.adbin, d.adrelid)) AS what
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE ${MINE} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r'`,
  `SELECT pg_get_indexdef(i.indexrelid) AS what FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${MINE}`,
  `SELECT concat_ws(' ', c.relname, x.conname, pg_get_constraintdef(x.oid)) AS what FROM pg_constraint x
   JOIN pg_class c ON c.oid = x.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${MINE}`,
  `SELECT concat_ws(' ', 'type', t.typname, t.typtype) AS what FROM pg_type t
   JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${MINE}`,
]
