import 'reflect-metadata'
import { BaseError, Transaction, type Options } from 'sequelize'
import { Sequelize, type ModelCtor } from 'sequelize-typescript'
import sqlite3 from 'sqlite3'
import { env, type Env } from '../config/env'
import { bareTransactions } from './bare-transactions'
import { renewConnections } from './connection-age'
import { nameConnectionErrors } from './database-error'
import { Db, type RowFilter } from './db'
import { ChangeLog } from '../common/changes'
import {
  boundMysqlPatience,
  dialectOf,
  isTransient,
  mapColumns,
  postgresPatience,
  type Dialect,
} from './dialect'
import { keepWriter } from './kept-writer'
import { logger } from './logger'
import { PatientDatabase } from './patient-database'
import { queueSqliteWriters } from './sqlite-writers'
import { limitStatements } from './statement-limit'

let current: Sequelize | null = null

/** The open database. @throws when called before `openDatabase` */
export function database(): Sequelize {
  if (!current) throw new Error('the database is not open yet')
  return current
}

export const dialect = (): Dialect => dialectOf(database())

/** Connects by the DATABASE_* settings; makes SQLite's folder and file when they are missing. */
export async function openDatabase(settings: Env = env): Promise<Sequelize> {
  const db = new Sequelize(optionsFor(settings))
  mapColumns(db)
  nameConnectionErrors(db)
  bareTransactions(db)
  if (settings.DATABASE_TYPE === 'mysql') boundMysqlPatience(db)
  if (settings.DATABASE_TYPE === 'sqlite') {
    await db.query('PRAGMA journal_mode=WAL')
    queueSqliteWriters(db)
    keepWriter(db)
  } else {
    limitStatements(db, settings.DATABASE_STATEMENT_TIMEOUT)
    renewConnections(db, settings.DATABASE_POOL_RECYCLE)
    await db.authenticate()
  }
  current = db
  return db
}

/**
 * Makes the database itself on its server where it is missing. SQLite needs none of that.
 * @returns whether it was made now
 */
export async function createMissingDatabase(settings: Env = env): Promise<boolean> {
  if (settings.DATABASE_TYPE === 'sqlite') return false
  const options = optionsFor(settings)
  if (await answers(options)) return false
  // Connected to what every server has; a wrong host or password is told from here.
  const isPostgres = settings.DATABASE_TYPE === 'postgresql'
  const server = new Sequelize({ ...options, database: isPostgres ? 'postgres' : '' })
  const charset = isPostgres ? {} : { charset: 'utf8mb4', collate: 'utf8mb4_unicode_ci' }
  try {
    await server.getQueryInterface().createDatabase(settings.DATABASE_SCHEMA, charset)
    return true
  } finally {
    await server.close()
  }
}

async function answers(options: Options): Promise<boolean> {
  const db = new Sequelize(options)
  try {
    await db.authenticate()
    return true
  } catch (error) {
    if (error instanceof BaseError) return false
    throw error
  } finally {
    await db.close()
  }
}

export async function closeDatabase(): Promise<void> {
  const db = current
  current = null
  await db?.close()
}

/** Binds models to the open database; a model may be bound once. */
export const addModels = (models: ModelCtor[]): void => database().addModels(models)

/** Takes models away again; those that are not bound are passed over. */
export function removeModels(models: ModelCtor[]): void {
  const db = current
  if (!db) return
  for (const model of models) {
    if (db.models[model.name] !== model) continue
    db.modelManager.removeModel(model)
    delete db.models[model.name]
  }
}

/** A handle for reads outside a transaction, or for work whose transaction somebody else owns. */
export const reader = (rows?: RowFilter): Db => new Db(undefined, rows)

export interface TransactionOptions {
  rows?: RowFilter
  /** Told after each rollback, and whether the work is then done again. Must not throw. */
  rolledBack?: (again: boolean) => Promise<void>
  /** How often the work is repeated when the database sacrificed it to another transaction. */
  retries?: number
}

/**
 * Runs the work in one transaction and commits it before returning. A deadlock or a busy database repeats the work
 * with a fresh handle, so the work must keep its side effects for after the commit.
 */
export async function inTransaction<T>(
  work: (db: Db) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database().transaction((transaction) =>
        work(new Db(transaction, options.rows, new ChangeLog())),
      )
    } catch (error) {
      const again = attempt <= (options.retries ?? 3) && isTransient(error)
      await options.rolledBack?.(again)
      if (!again) throw error
      await pause(attempt * 20 + Math.random() * 30)
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function optionsFor(settings: Env): Options {
  const common: Options = {
    logging: settings.DATABASE_ECHO ? (sql) => logger.info('sql', { sql }) : false,
    logQueryParameters: settings.DATABASE_ECHO === 'debug',
    define: { timestamps: false, freezeTableName: true, underscored: false },
    transactionType: Transaction.TYPES.DEFERRED,
  }
  if (settings.DATABASE_TYPE === 'sqlite') {
    return {
      ...common,
      dialect: 'sqlite',
      dialectModule: { ...sqlite3, Database: PatientDatabase },
      storage: settings.DATABASE_FILE,
    }
  }
  return {
    ...common,
    dialect: settings.DATABASE_TYPE === 'postgresql' ? 'postgres' : 'mysql',
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    username: settings.DATABASE_USER,
    password: settings.DATABASE_PASSWORD,
    database: settings.DATABASE_SCHEMA,
    isolationLevel: Transaction.ISOLATION_LEVELS.READ_COMMITTED,
    pool: {
      max: settings.DATABASE_POOL_SIZE + settings.DATABASE_POOL_OVERFLOW,
      acquire: settings.DATABASE_POOL_TIMEOUT * 1000,
      idle: 60_000,
    },
    dialectOptions:
      settings.DATABASE_TYPE === 'mysql' ? mysqlOptions(settings) : { keepAlive: true, ...postgresPatience },
  }
}

/** Ids above 2^53 must arrive as text (trap D2 of every MySQL driver). */
const mysqlOptions = (settings: Env) => ({
  supportBigNumbers: true,
  bigNumberStrings: true,
  // Else it is parsed by the driver and again by us: a text inside of JSON would lose its quotes.
  jsonStrings: true,
  charset: settings.DATABASE_CHARSET,
  connectTimeout: 10_000,
})
