import {
  DataTypes,
  DatabaseError,
  Op,
  type Transaction,
  ValidationError,
  col,
  fn,
  literal,
  where,
  type Sequelize,
  type WhereOptions,
} from 'sequelize'
import { isoText } from '../utils/time'
import type { PatientDatabase } from './patient-database'
import { listOfValues } from './statement-cache'

export type Dialect = 'sqlite' | 'mysql' | 'postgres'

/** The one column type of every id. A marker: `mapColumns` swaps it for what the database can hold. */
export const SNOWFLAKE = DataTypes.STRING(20)

/** Moments are kept to the millisecond everywhere; MySQL would cut a bare DATETIME to whole seconds. */
export const TIMESTAMP = DataTypes.DATE(3)

/** Text of any length: a marker as well, since MySQL's bare TEXT ends at 64 KiB. */
export const LONG_TEXT = DataTypes.TEXT('long')

export const dialectOf = (db: Sequelize): Dialect => {
  const name = db.getDialect()
  if (name === 'sqlite' || name === 'postgres') return name
  return 'mysql'
}

/** SQLite's driver rounds integers above 2^53, so ids are text there; all have 19 digits, so text order is number order. */
export const idColumn = (dialect: Dialect) => (dialect === 'sqlite' ? DataTypes.STRING(20) : DataTypes.BIGINT)

export const textColumn = (dialect: Dialect) => (dialect === 'mysql' ? LONG_TEXT : DataTypes.TEXT)

/** Latin letters and digits, compared byte by byte whatever the database's language: what begins alike lies together. */
export function wordColumn(dialect: Dialect, length: number) {
  if (dialect === 'sqlite') return DataTypes.STRING(length)
  if (dialect === 'postgres') return `VARCHAR(${length}) COLLATE "C"`
  return `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`
}

/** Call before `addModels`: gives the columns that are declared with a marker their real type. */
export function mapColumns(db: Sequelize): void {
  const dialect = dialectOf(db)
  const real = new Map<unknown, unknown>([
    [SNOWFLAKE, idColumn(dialect)],
    [LONG_TEXT, textColumn(dialect)],
  ])
  db.addHook('beforeDefine', (columns: Record<string, unknown>) => {
    for (const column of Object.values(columns)) {
      if (isColumn(column) && real.has(column.type)) column.type = real.get(column.type)
    }
  })
}

const isColumn = (value: unknown): value is { type: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value

/**
 * `text` stands somewhere in the column, letter case ignored; `%` and `_` have no special meaning. The database lowers
 * both sides, since each knows other letters (SQLite only those of ASCII).
 */
export function contains(db: Sequelize, column: string, text: string): WhereOptions {
  const position = dialectOf(db) === 'postgres' ? 'strpos' : 'instr'
  // As a literal: Sequelize doubles every `$` in a text that is handed to a function.
  const wanted = fn('lower', literal(db.escape(text)))
  return where(fn(position, fn('lower', col(column)), wanted), { [Op.gt]: 0 })
}

/** The column begins with `text`; `%` and `_` have no special meaning. */
export const startsWith = (column: string, text: string): WhereOptions =>
  where(fn('substr', col(column), 1, [...text].length), text)

/** Longer than any change takes: who waits for a row all this time waits for somebody who is frozen or cut off. */
const LOCK_WAIT_SECONDS = 10

/** A process that died without a word must not hold its locks for ever. */
const IDLE_TRANSACTION_SECONDS = 60

/** Bounds how long PostgreSQL lets a connection wait, or keep others waiting. */
export const postgresPatience = {
  connectionTimeoutMillis: 10_000,
  lock_timeout: LOCK_WAIT_SECONDS * 1000,
  idle_in_transaction_session_timeout: IDLE_TRANSACTION_SECONDS * 1000,
}

interface MysqlConnection {
  query(sql: string, done: (error: Error | null) => void): void
}

/** The same for MySQL, which takes no such option: every new connection is told. */
export function boundMysqlPatience(db: Sequelize): void {
  db.addHook('afterConnect', (connection: unknown) => {
    const sql = `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`
    return new Promise<void>((resolve, reject) => {
      ;(connection as MysqlConnection).query(sql, (error) => (error ? reject(error) : resolve()))
    })
  })
}

const BUSY = new Set(['SQLITE_BUSY', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD', '40P01', '40001'])

/** Whether the database gave up this transaction for another's sake, so that trying again may succeed. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('code' in error && typeof error.code === 'string' && BUSY.has(error.code)) return true
  return ('parent' in error && isTransient(error.parent)) || ('cause' in error && isTransient(error.cause))
}

/** MySQL's codes for values that do not fit, which it also gives the catch-all state `HY000`; a packet too large. */
const MYSQL_DATA_ERRORS = new Set([1048, 1118, 1153, 1264, 1366, 1406, 3140, 4025])
const SQLITE_DATA_ERRORS = new Set(['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG', 'SQLITE_RANGE'])

/** Whether the values of a row are to blame, so that trying again is no use; else the database is, and it may help. */
export function isDataError(error: unknown): boolean {
  if (error instanceof ValidationError || error instanceof TypeError) return true
  if (!(error instanceof DatabaseError)) return false
  const { code, sqlState, errno } = error.parent as { code?: unknown; sqlState?: unknown; errno?: unknown }
  if (typeof errno === 'number' && MYSQL_DATA_ERRORS.has(errno)) return true
  return /^2[23]/.test(String(sqlState ?? code)) || SQLITE_DATA_ERRORS.has(String(code))
}

/**
 * Drops a column. Sequelize's own call rebuilds the table on SQLite and loses its indexes and dependent rows,
 * so SQLite gets the plain statement.
 */
export async function dropColumn(
  db: Sequelize,
  table: string,
  name: string,
  on: { transaction?: Transaction },
): Promise<void> {
  const qi = db.getQueryInterface()
  if (dialectOf(db) !== 'sqlite') return qi.removeColumn(table, name, { ...on })
  await db.query(`ALTER TABLE ${qi.quoteIdentifier(table)} DROP COLUMN ${qi.quoteIdentifier(name)}`, {
    ...on,
  })
}

/**
 * Statements that take and give back a lock which lives with one connection; null where the database has none.
 * `patience` lets the transaction around it wait for two minutes and then be idle.
 */
export const connectionLock: Record<
  Dialect,
  { patience?: string; take: string; drop: string; taken: (answer: unknown) => boolean } | null
> = {
  mysql: {
    take: "SELECT GET_LOCK('steward_migrate', 120) AS answer",
    drop: "SELECT RELEASE_LOCK('steward_migrate') AS answer",
    taken: (answer) => Number(answer) === 1,
  },
  postgres: {
    patience:
      "SELECT set_config('lock_timeout', '120s', true), set_config('idle_in_transaction_session_timeout', '0', true)",
    take: 'SELECT pg_advisory_lock(84736251) AS answer',
    drop: 'SELECT pg_advisory_unlock(84736251) AS answer',
    taken: () => true,
  },
  sqlite: null,
}

export interface DistinctQuery {
  table: string
  column: string
  from: string
  below: string | undefined
  max: number
}

/**
 * The different values of an indexed column, in order, in a time that depends on how many they are, not on how many rows:
 * MySQL leaps from one to the next by itself, the others are made to. They come as `value`.
 */
export function distinctSql(db: Sequelize, { table, column, from, below, max }: DistinctQuery): string {
  const qi = db.getQueryInterface()
  const [rows, name] = [qi.quoteIdentifier(table), qi.quoteIdentifier(column)]
  const end = below === undefined ? '' : ` AND ${name} < ${db.escape(below)}`
  const first = `${name} >= ${db.escape(from)}${end}`
  if (dialectOf(db) === 'mysql')
    return `SELECT DISTINCT ${name} AS value FROM ${rows} WHERE ${first} ORDER BY ${name} LIMIT ${max}`
  const next = (where: string) => `(SELECT MIN(${name}) FROM ${rows} WHERE ${where})`
  return (
    `WITH RECURSIVE leap (value, leaps) AS (SELECT ${next(first)}, 1 UNION ALL` +
    ` SELECT ${next(`${name} > leap.value${end}`)}, leaps + 1 FROM leap WHERE leap.value IS NOT NULL AND leaps < ${max})` +
    ' SELECT value FROM leap WHERE value IS NOT NULL'
  )
}

type Done = (error: Error | null, rows: unknown) => void

/** The drivers' own calls for a statement; the types are those of the connections that Sequelize lends. */
const DRIVER_RUN: Record<Dialect, (connection: never, statement: Statement, done: Done) => void> = {
  sqlite: (connection: PatientDatabase, { sql, values }, done) => connection.select(sql, values ?? [], done),
  mysql: (connection: { query(sql: string, done: Done): void }, { sql }, done) => connection.query(sql, done),
  postgres: (connection: { query(sql: string, done: Done): void }, { sql }, done) =>
    connection.query(sql, (error, result) => done(error, error ? null : (result as { rows: unknown }).rows)),
}

export interface Statement {
  sql: string
  /** For the question marks in it; only SQLite is given any, see `idList`. */
  values?: string[]
}

/** Runs a statement on a connection of the driver. @returns rows as the driver reads them */
export const runStatement = (
  dialect: Dialect,
  connection: unknown,
  statement: Statement,
): Promise<Record<string, unknown>[]> =>
  new Promise((resolve, reject) => {
    DRIVER_RUN[dialect](connection as never, statement, (error, rows) =>
      error ? reject(error) : resolve(rows as Record<string, unknown>[]),
    )
  })

/**
 * Ids as they are compared with an id column: in SQLite, which keeps statements prepared, as values beside the text.
 * @param ids decimal digits, at least one
 */
export const idList = (dialect: Dialect, ids: readonly string[]): Statement =>
  dialect === 'sqlite' ? listOfValues(ids) : { sql: ids.join() }

/** A moment as Sequelize writes it into a statement, without its formatter, which takes five microseconds. */
export const timeText = (dialect: Dialect, date: Date): string =>
  `${isoText(date).slice(0, 23).replace('T', ' ')}${dialect === 'mysql' ? '' : ' +00:00'}`

/** Ends an INSERT some of whose rows may be there already: these get the new values of some columns. */
export function onKnown(dialect: Dialect, keys: string[], columns: string[]): string {
  const by = (value: (column: string) => string) =>
    columns.map((column) => `${column}=${value(column)}`).join()
  return dialect === 'mysql'
    ? `ON DUPLICATE KEY UPDATE ${by((column) => `VALUES(${column})`)}`
    : `ON CONFLICT (${keys.join()}) DO UPDATE SET ${by((column) => `EXCLUDED.${column}`)}`
}

/** What an UPDATE sets in many rows; names are quoted, values written already. */
export interface EachRow {
  table: string
  /** `column=value` of those columns that get the same value everywhere. */
  common: string[]
  /** The other columns, and as what their values are to be read, where a text would not do. */
  columns: { name: string; type: string | null }[]
  /** The id of each row, and what these columns get. */
  rows: string[][]
}

/** An UPDATE that sets columns of rows, each to values of its own. */
export function updateEach(dialect: Dialect, { table, common, columns, rows }: EachRow): string {
  const names = ['given_id', ...columns.map((_, at) => `given_${at}`)]
  const own = columns.map(({ name, type }, at) => {
    const isRead = dialect === 'postgres' && type !== null
    return `${name}=${isRead ? `CAST(given.given_${at} AS ${type})` : `given.given_${at}`}`
  })
  const sets = [...common, ...own].join()
  const isIt = `given.given_id = ${table}.id`
  if (dialect !== 'mysql')
    return `WITH given (${names.join()}) AS (VALUES ${rows.map((row) => `(${row.join()})`).join()}) UPDATE ${table} SET ${sets} FROM given WHERE ${isIt}`
  const [first = [], ...more] = rows
  const named = first.map((value, at) => `${value} AS ${names[at]}`).join()
  return `UPDATE ${table} JOIN (${[named, ...more.map((row) => row.join())].map((row) => `SELECT ${row}`).join(' UNION ALL ')}) AS given ON ${isIt} SET ${sets}`
}
