import fs from 'node:fs/promises'
import path from 'node:path'
import {
  DataTypes,
  type ModelAttributeColumnOptions,
  type QueryInterface,
  type Sequelize,
  type Transaction,
} from 'sequelize'
import type { Umzug, UmzugStorage } from 'umzug'
import { database } from './database'
import { TIMESTAMP, dialectOf, dropColumn, idColumn, textColumn, wordColumn, type Dialect } from './dialect'
import { loadModule } from './load-module'
import { withMigrationLock } from './migration-lock'
import { now } from './clock'

type Columns = Record<string, ModelAttributeColumnOptions>

/** What a migration step gets: the same few calls on all three databases, each safe to repeat. */
export interface MigrationContext {
  types: ReturnType<typeof columnTypes>
  /** Columns that every table has, as `BaseModel` reads them: `fixed` rows are never edited, `editable` ones are. */
  base: ReturnType<typeof baseColumns>
  /** A column of this type that is never null. */
  required: typeof required
  dialect: Dialect
  createTable: (table: string, columns: Columns) => Promise<void>
  dropTable: (table: string) => Promise<void>
  /** Name: `ix_<table>_<columns>`, or `uq_…` when unique. */
  addIndex: (table: string, columns: string[], options?: { unique?: boolean }) => Promise<void>
  dropIndex: (table: string, columns: string[], options?: { unique?: boolean }) => Promise<void>
  addColumn: (table: string, name: string, column: ModelAttributeColumnOptions) => Promise<void>
  dropColumn: (table: string, name: string) => Promise<void>
  /** Adds the rows whose `id` is not there yet. */
  insert: (table: string, rows: Record<string, unknown>[]) => Promise<void>
  remove: (table: string, where: Record<string, unknown>) => Promise<void>
}

export interface Migration {
  /** `<module>/YYYYMMDD-HHMM-verb-what`; never renamed, no file extension. */
  name: string
  up(ctx: MigrationContext): Promise<void>
  down(ctx: MigrationContext): Promise<void>
}

export type Way = 'up' | 'down'

const TABLE = 'sys_migration'

export const columnTypes = (dialect: Dialect) => ({
  id: idColumn(dialect),
  time: TIMESTAMP,
  text: textColumn(dialect),
  json: DataTypes.JSON,
  integer: DataTypes.INTEGER,
  double: DataTypes.DOUBLE,
  boolean: DataTypes.BOOLEAN,
  blob: DataTypes.BLOB,
  string: (length: number) => DataTypes.STRING(length),
  word: (length: number) => wordColumn(dialect, length),
})

export const required = <T>(type: T) => ({ type, allowNull: false })

export function baseColumns(dialect: Dialect) {
  const fixed = {
    id: { ...required(idColumn(dialect)), primaryKey: true },
    created_time: required(TIMESTAMP),
  }
  return { fixed, editable: { ...fixed, updated_time: { type: TIMESTAMP } } }
}

/** Reads the migrations of a folder, ordered by name. Files are TypeScript or their compiled form. */
export async function migrationsIn(
  folder: string,
  module: string,
  load: (file: string) => unknown = loadModule,
): Promise<Migration[]> {
  const files = await fs.readdir(folder).catch(() => [])
  const names = files.filter((f) => /^\d{8}-\d{4}-[a-z0-9-]+\.(ts|js)$/.test(f)).sort()
  return names.map((file) => {
    const name = migrationNamed(module, file)
    return { name, ...stepsOf(load(path.join(folder, file)), name) }
  })
}

export const migrationNamed = (module: string, file: string): string =>
  `${module}/${path.basename(file).replace(/\.(ts|js)$/, '')}`

/** @throws where a file holds something else */
export function stepsOf(loaded: unknown, name: string): Pick<Migration, Way> {
  const { up, down } = loaded as Pick<Migration, Way>
  if (typeof up !== 'function' || typeof down !== 'function')
    throw new Error(`migration ${name} must export up and down`)
  return { up, down }
}

/**
 * An umzug over the given migrations that keeps its own list in `sys_migration`. The package is loaded here, since it
 * brings a whole command line along and most starts have nothing to migrate.
 */
export async function migrator(migrations: Migration[], db: Sequelize = database()): Promise<Umzug> {
  const { Umzug } = await import('umzug')
  return new Umzug({
    migrations: migrations.map((m) => ({
      name: m.name,
      up: () => step(db, m, 'up'),
      down: () => step(db, m, 'down'),
    })),
    storage: new MigrationTable(db),
    logger: undefined,
  })
}

/**
 * Applies what is pending, one process at a time.
 * @param mayBegin throws where it shall not be; asked when it is this process's turn
 * @returns the names of the applied migrations
 */
export async function migrateUp(
  migrations: Migration[],
  db: Sequelize = database(),
  mayBegin: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  return withMigrationLock(db, async () => {
    if ((await pendingMigrations(migrations, db)).length === 0) return []
    await mayBegin()
    return (await (await migrator(migrations, db)).up()).map((m) => m.name)
  })
}

/** Undoes those of the given migrations that are applied, last ones first. @returns their names */
export async function migrateDown(migrations: Migration[], db: Sequelize = database()): Promise<string[]> {
  return withMigrationLock(db, async () => {
    const applied = new Set(await appliedMigrations(db))
    const plan = migrations.filter(({ name }) => applied.has(name)).reverse()
    if (plan.length === 0) return []
    const runner = await migrator(migrations, db)
    for (const { name } of plan) await runner.down({ migrations: [name] })
    return plan.map(({ name }) => name)
  })
}

/** Names of the migrations that are not applied yet. Changes nothing, also where the database is empty. */
export async function pendingMigrations(
  migrations: Migration[],
  db: Sequelize = database(),
): Promise<string[]> {
  const applied = new Set(await appliedMigrations(db))
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name))
}

/**
 * PostgreSQL and SQLite undo a failed step, and note it in the same transaction. MySQL commits every structure
 * change at once: there a step that died half-way is repeated, which the calls of the context allow.
 */
async function step(db: Sequelize, migration: Migration, way: Way): Promise<void> {
  if (dialectOf(db) === 'mysql') return perform(db, migration, way, {})
  await db.transaction((transaction) => perform(db, migration, way, { transaction }))
}

export interface On {
  transaction?: Transaction
}

/** Does one step and notes it, on whatever handle it is given. */
export async function perform(db: Sequelize, migration: Migration, way: Way, on: On): Promise<void> {
  await migration[way](contextFor(db, on))
  await (way === 'up' ? noteApplied(db, migration.name, on) : noteReverted(db, migration.name, on))
}

async function noteApplied(db: Sequelize, name: string, on: On): Promise<void> {
  await db.getQueryInterface().bulkInsert(TABLE, [{ name, applied_time: now() }], { ...on })
}

async function noteReverted(db: Sequelize, name: string, on: On): Promise<void> {
  await db.getQueryInterface().bulkDelete(TABLE, { name }, { ...on })
}

const indexName = (table: string, columns: string[], unique = false) =>
  `${unique ? 'uq' : 'ix'}_${table}_${columns.join('_')}`.slice(0, 60)

function contextFor(db: Sequelize, on: On): MigrationContext {
  const qi = db.getQueryInterface()
  const dialect = dialectOf(db)
  const hasIndex = async (table: string, name: string) => {
    const indexes = (await qi.showIndex(table, { ...on })) as { name: string }[]
    return indexes.some((index) => index.name === name)
  }
  const hasColumn = async (table: string, name: string) => name in (await describe(qi, table, on))
  return {
    types: columnTypes(dialect),
    base: baseColumns(dialect),
    required,
    dialect,
    createTable: (table, columns) => qi.createTable(table, columns, { ...on, charset: 'utf8mb4' }),
    dropTable: (table) => qi.dropTable(table, { ...on }),
    addIndex: async (table, columns, options = {}) => {
      const name = indexName(table, columns, options.unique)
      if (await hasIndex(table, name)) return
      await qi.addIndex(table, columns, { name, unique: options.unique ?? false, ...on })
    },
    dropIndex: async (table, columns, options = {}) => {
      const name = indexName(table, columns, options.unique)
      if (await hasIndex(table, name)) await qi.removeIndex(table, name, { ...on })
    },
    addColumn: async (table, name, column) => {
      if (!(await hasColumn(table, name))) await qi.addColumn(table, name, column, { ...on })
    },
    dropColumn: async (table, name) => {
      if (await hasColumn(table, name)) await dropColumn(db, table, name, on)
    },
    insert: (table, rows) => insertMissing(qi, table, rows, on),
    remove: async (table, where) => {
      await qi.bulkDelete(table, where, { ...on })
    },
  }
}

const describe = (qi: QueryInterface, table: string, on: On) =>
  qi.describeTable(table, { ...on } as Parameters<QueryInterface['describeTable']>[1])

async function insertMissing(
  qi: QueryInterface,
  table: string,
  rows: Record<string, unknown>[],
  on: On,
): Promise<void> {
  const ids = rows.map((row) => row['id'])
  const there = await qi.select(null, table, {
    where: { id: ids },
    attributes: ['id'],
    tableNames: [],
    ...on,
  } as object)
  const known = new Set(there.map((row) => String((row as { id: unknown }).id)))
  const missing = rows.filter((row) => !known.has(String(row['id'])))
  if (missing.length > 0) await qi.bulkInsert(table, missing, { ...on })
}

class MigrationTable implements UmzugStorage {
  constructor(private readonly db: Sequelize) {}

  /** Noted by the step itself. */
  async logMigration(): Promise<void> {}

  /** Noted by the step itself. */
  async unlogMigration(): Promise<void> {}

  async executed(): Promise<string[]> {
    await createList(this.db)
    return readList(this.db)
  }
}

/** Makes the list of applied migrations where there is none. */
export async function createList(db: Sequelize, on: On = {}): Promise<void> {
  const name = { type: DataTypes.STRING(190), primaryKey: true, allowNull: false }
  const time = { type: TIMESTAMP, allowNull: false }
  await db.getQueryInterface().createTable(TABLE, { name, applied_time: time }, { ...on })
}

async function readList(db: Sequelize): Promise<string[]> {
  const rows = await db.getQueryInterface().select(null, TABLE, {
    order: [['name', 'ASC']],
    tableNames: [],
  } as object)
  return rows.map((row) => String((row as { name: unknown }).name))
}

/** Names of the applied migrations. Changes nothing, also where the list is not there yet. */
export async function appliedMigrations(db: Sequelize = database()): Promise<string[]> {
  return (await db.getQueryInterface().tableExists(TABLE)) ? readList(db) : []
}
