import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize'
import { dialectOf, runSelect, type Dialect } from './dialect'
import { isTracing, traceSelect } from './tracing'

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
  options: { logging?: false | ((sql: string) => void) }
  getQueryInterface(): {
    bulkInsert(table: string, rows: object[], options: object, columns: object): Promise<unknown>
    queryGenerator: { selectQuery(table: unknown, options: object, model: ModelStatic<Model>): string }
  }
}

/**
 * Runs a SELECT that Sequelize has written on a connection that Sequelize has lent, and past the rest of it: its own
 * way of running a query costs twice the driver's time. Errors are still those of Sequelize.
 * @param options `where`, `order`, `limit`, `offset`, `attributes`, `lock` as in `findAll`
 */
export async function select(
  model: ModelStatic<Model>,
  options: object,
  transaction?: Transaction,
): Promise<Bare[]> {
  const db = model.sequelize
  if (!db) throw new Error(`${model.name} is not bound to a database`)
  const inside = db as unknown as Inside
  const sql = inside.getQueryInterface().queryGenerator.selectQuery(model.getTableName(), options, model)
  if (inside.options.logging) inside.options.logging(sql)
  const dialect = dialectOf(db)
  const run = (connection: unknown) => {
    const work = () => runOn({ db, inside, connection, sql, dialect })
    return isTracing() ? traceSelect(db.getDialect(), model.tableName, work) : work()
  }
  if (transaction) return run(connectionOf(transaction))
  const connection = await inside.connectionManager.getConnection({ type: 'read' })
  try {
    return await run(connection)
  } finally {
    inside.connectionManager.releaseConnection(connection)
  }
}

/** Inserts plain rows in one statement; the types of the model's columns decide how values are written. */
export async function insertRows(model: ModelStatic<Model>, rows: object[], options: object): Promise<void> {
  const db = model.sequelize
  if (!db) throw new Error(`${model.name} is not bound to a database`)
  const inside = db as unknown as Inside
  await inside.getQueryInterface().bulkInsert(model.tableName, rows, options, model.getAttributes())
}

/** A transaction that is over has given its connection back: reading on it would read outside of any transaction. */
function connectionOf(transaction: Transaction): unknown {
  const { connection, finished } = transaction as unknown as { connection: unknown; finished?: string }
  if (finished) throw new Error(`the transaction is over (${finished}); nothing can be read in it any more`)
  return connection
}

interface Run {
  db: Sequelize
  inside: Inside
  connection: unknown
  sql: string
  dialect: Dialect
}

async function runOn({ db, inside, connection, sql, dialect }: Run): Promise<Bare[]> {
  try {
    return await runSelect(dialect, connection, sql)
  } catch (error) {
    const query = new inside.dialect.Query(connection, db, {})
    query.sql = sql
    throw query.formatError(error)
  }
}
