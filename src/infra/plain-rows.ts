import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize'
import { dialectOf, idList, onKnown, runStatement, type Statement } from './dialect'
import { columnTexts, rowText } from './row-text'
import { Together } from './together'
import { isTracing, traceStatement } from './tracing'

type Bare = Record<string, unknown>

/** The parts of Sequelize behind its public types that a read needs. */
interface Inside {
  connectionManager: {
    getConnection(options: object): Promise<unknown>
    releaseConnection(connection: unknown): void
  }
  dialect: {
    Query: new (
      connection: unknown,
      db: Sequelize,
      options: object,
    ) => { sql: string; formatError(error: unknown): Error }
  }
  options: { logging?: false | ((sql: string) => void); logQueryParameters?: boolean }
  getQueryInterface(): {
    queryGenerator: { selectQuery(table: unknown, options: object, model: ModelStatic<Model>): string }
  }
}

/**
 * Runs a SELECT that Sequelize has written on a connection that Sequelize has lent, and past the rest of it: its own
 * way of running a query costs twice the driver's time. Errors are still those of Sequelize.
 * @param options `where`, `order`, `limit`, `offset`, `attributes`, `lock` as in `findAll`
 */
export function select(
  model: ModelStatic<Model>,
  options: object,
  transaction?: Transaction,
): Promise<Bare[]> {
  return run(model, { sql: selectText(model, options) }, transaction)
}

/** Stands for the ids in a text that Sequelize has written. */
const ANY_ID = '4242424242424242424'
const COMPARED = new RegExp(`= '?${ANY_ID}'?`)
const byId = new WeakMap<ModelStatic<Model>, Map<string, [before: string, after: string]>>()

/** More ids than this in one list are no usual read, and SQLite takes only so many values. */
export const MOST_IDS = 500

const together = new WeakMap<ModelStatic<Model>, Together<Bare>>()

export interface ByIds {
  /** All unless given. */
  columns?: readonly string[] | undefined
  /** Keeps others from changing the rows until the transaction ends; they come, and are locked, in order of id. */
  lock?: boolean
  transaction?: Transaction | undefined
}

/**
 * Reads rows by their ids. Outside of transactions, those who ask for whole rows of one table at the same time share a
 * statement.
 * @param ids decimal digits, at most `MOST_IDS`, each once
 */
export async function selectByIds(
  model: ModelStatic<Model>,
  ids: readonly string[],
  options: ByIds = {},
): Promise<Bare[]> {
  // A trace shows each request what it waited for.
  if (options.transaction || options.columns || isTracing()) return selectIds(model, ids, options)
  let shared = together.get(model)
  if (!shared) together.set(model, (shared = togetherFor(model)))
  const rows = await shared.read(ids)
  return rows.filter((row) => row !== undefined)
}

const togetherFor = (model: ModelStatic<Model>) =>
  new Together<Bare>({
    most: MOST_IDS,
    copy: copyOf,
    ask: async (ids) => new Map((await selectIds(model, ids, {})).map((row) => [String(row['id']), row])),
  })

/** Drivers read moments and JSON as objects, which are not to be shared either. */
const copyOf = (row: Bare): Bare =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? copyOfObject(value) : value,
    ]),
  )

/** Not `structuredClone`: what that makes belongs to Node's own realm, where a sandbox's `instanceof Date` says no. */
const copyOfObject = (value: object): unknown =>
  value instanceof Date ? new Date(value) : JSON.parse(JSON.stringify(value))

/**
 * What Sequelize writes for that is always the same but for the ids, so it is asked once per model: its generator takes
 * a fifth of the time of such a read.
 */
function selectIds(model: ModelStatic<Model>, ids: readonly string[], options: ByIds): Promise<Bare[]> {
  const { columns = Object.keys(model.getAttributes()), lock = false, transaction } = options
  let texts = byId.get(model)
  if (!texts) byId.set(model, (texts = new Map<string, [string, string]>()))
  const key = `${lock && transaction !== undefined} ${columns.join()}`
  const [before, after] = texts.get(key) ?? textAround(model, columns, lock ? transaction : undefined)
  texts.set(key, [before, after])
  const { sql, values } = idList(dialectOf(bound(model)), ids)
  return run(model, { sql: `${before}IN (${sql})${after}`, values }, transaction)
}

function textAround(
  model: ModelStatic<Model>,
  columns: readonly string[],
  locked: Transaction | undefined,
): [string, string] {
  const lock = locked ? { order: ['id'], lock: locked.LOCK.UPDATE } : {}
  const sql = selectText(model, { where: { id: ANY_ID }, attributes: [...columns], ...lock })
  const [before, after, ...more] = sql.split(COMPARED)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`the SQL of ${model.name} has no place for its ids`)
  return [before, after]
}

/** What happens to a row that is there already, as told by the keys: these columns are set anew, no others. */
export interface Known {
  updateOnDuplicate: string[]
  upsertKeys: string[]
}

/**
 * Inserts plain rows, with all their columns, in one statement. Always inside a transaction: on SQLite these wait for
 * each other in turn, while a lone INSERT would wait for the writer before it inside the connection that all reads use.
 */
export async function insertRows(
  model: ModelStatic<Model>,
  rows: readonly object[],
  { known, transaction }: { known?: Known | undefined; transaction?: Transaction | undefined },
): Promise<void> {
  const db = bound(model)
  if (!transaction) return db.transaction((begun) => insertRows(model, rows, { known, transaction: begun }))
  const quoted = (names: string[]) => names.map((name) => db.getQueryInterface().quoteIdentifier(name))
  const [table] = quoted([model.tableName])
  const texts = columnTexts(model)
  const columns = quoted(texts.map(({ name }) => name)).join()
  const ending = known
    ? onKnown(dialectOf(db), quoted(known.upsertKeys), quoted(known.updateOnDuplicate))
    : ''
  const values = rows.map((row) => rowText(texts, row)).join()
  const sql = `INSERT INTO ${table} (${columns}) VALUES ${values} ${ending}`
  await run(model, { sql }, transaction)
}

export function bound(model: ModelStatic<Model>): Sequelize {
  if (!model.sequelize) throw new Error(`${model.name} is not bound to a database`)
  return model.sequelize
}

/** A SELECT as Sequelize writes it, to be run or to stand inside another one. @param options as for `select` */
export function selectText(model: ModelStatic<Model>, options: object): string {
  const inside = bound(model) as unknown as Inside
  const { queryGenerator } = inside.getQueryInterface()
  return queryGenerator.selectQuery(model.getTableName(), options, model).replace(/;$/, '')
}

/** Runs a statement that is written already, in the same way. @returns rows as the driver reads them */
export async function run(
  model: ModelStatic<Model>,
  statement: Statement,
  transaction: Transaction | undefined,
): Promise<Bare[]> {
  const db = bound(model)
  const { connectionManager } = db as unknown as Inside
  const table = model.tableName
  if (transaction) return runOn(db, connectionOf(transaction), statement, table)
  const connection = await connectionManager.getConnection({ type: 'read' })
  try {
    return await runOn(db, connection, statement, table)
  } finally {
    connectionManager.releaseConnection(connection)
  }
}

/** A transaction that is over has given its connection back: reading on it would read outside of any transaction. */
function connectionOf(transaction: Transaction): unknown {
  const { connection, finished } = transaction as unknown as { connection: unknown; finished?: string }
  if (finished) throw new Error(`the transaction is over (${finished}); nothing can be read in it any more`)
  return connection
}

/**
 * Runs a statement on a connection that Sequelize has lent.
 * @param table for traces
 */
export async function runOn(
  db: Sequelize,
  connection: unknown,
  statement: Statement,
  table = '',
): Promise<Bare[]> {
  const inside = db as unknown as Inside
  if (inside.options.logging) inside.options.logging(asLogged(statement, inside.options.logQueryParameters))
  const work = () => runStatement(dialectOf(db), connection, statement)
  try {
    return await (isTracing() ? traceStatement(db.getDialect(), table, statement.sql, work) : work())
  } catch (error) {
    const query = new inside.dialect.Query(connection, db, {})
    query.sql = statement.sql
    throw query.formatError(error)
  }
}

const asLogged = ({ sql, values }: Statement, withValues?: boolean): string =>
  withValues && values ? `${sql}; ${JSON.stringify(values)}` : sql
