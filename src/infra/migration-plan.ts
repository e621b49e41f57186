import type { QueryInterface, Sequelize } from 'sequelize'
import { database } from './database'
import { dialectOf } from './dialect'
import { withMigrationLock } from './migration-lock'
import {
  appliedMigrations,
  createList,
  migrator,
  perform,
  type Migration,
  type On,
  type Way,
} from './migrator'

/** How far to go; without any of them, everything going up and one step going down. */
export interface Extent {
  /** The last migration to apply or to undo; the part before the slash may be left out where it is clear. */
  to?: string | undefined
  steps?: number | undefined
  /** Down only: undo everything. */
  all?: boolean | undefined
}

/** Which migrations a run would do, in order. @throws a sentence where `to` is not among them */
export function planOf(migrations: Migration[], applied: string[], way: Way, extent: Extent): Migration[] {
  const done = new Set(applied)
  const open =
    way === 'up'
      ? migrations.filter((m) => !done.has(m.name))
      : migrations.filter((m) => done.has(m.name)).reverse()
  if (extent.to !== undefined) return open.slice(0, placeOf(extent.to, open, way) + 1)
  if (extent.steps !== undefined) return open.slice(0, extent.steps)
  return way === 'up' || extent.all ? open : open.slice(0, 1)
}

function placeOf(name: string, open: Migration[], way: Way): number {
  const found = open.flatMap((m, at) => (m.name === name || m.name.endsWith(`/${name}`) ? [at] : []))
  const [place] = found
  const list = open.map((m) => m.name).join(', ') || 'none'
  const kind = way === 'up' ? 'pending' : 'applied'
  if (place === undefined) throw new Error(`${name} is not a migration that is ${kind}. Those are: ${list}.`)
  if (found.length > 1) throw new Error(`${name} stands for several migrations. Name its module: ${list}.`)
  return place
}

/**
 * Applies or undoes migrations, one process at a time.
 * @param told called before each step
 * @returns the names of what was done
 */
export async function runMigrations(
  migrations: Migration[],
  way: Way,
  extent: Extent = {},
  told: (name: string) => void = () => {},
): Promise<string[]> {
  const db = database()
  return withMigrationLock(db, async () => {
    const plan = planOf(migrations, await appliedMigrations(db), way, extent)
    const runner = await migrator(migrations, db)
    for (const { name } of plan) {
      told(name)
      await runner[way]({ migrations: [name] })
    }
    return plan.map((m) => m.name)
  })
}

export interface PlannedStep {
  name: string
  /** The statements that change something, in order. */
  statements: string[]
}

/**
 * The SQL that a run would send to the open database, which is left as it is. PostgreSQL and SQLite do the work in a
 * transaction that is rolled back; MySQL commits every structure change at once, so there nothing is sent but questions.
 */
export async function dryRun(migrations: Migration[], way: Way, extent: Extent = {}): Promise<PlannedStep[]> {
  const db = database()
  const plan = planOf(migrations, await appliedMigrations(db), way, extent)
  const steps: PlannedStep[] = []
  const record = async (on: On) => {
    const list = recorderOf(db, on)
    await createList(list.db, on)
    for (const migration of plan) {
      const { db: recording, statements } = recorderOf(db, on)
      await perform(recording, migration, way, on)
      steps.push({ name: migration.name, statements })
    }
  }
  if (dialectOf(db) === 'mysql') await record({})
  else await rolledBack(db, record)
  return steps
}

class RolledBack extends Error {}

async function rolledBack(db: Sequelize, work: (on: On) => Promise<void>): Promise<void> {
  try {
    await db.transaction(async (transaction) => {
      await work({ transaction })
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
}

const ASKS = /^\s*(select|show|describe|explain|pragma)\b/i

/** A stand-in for the database that notes what would change it. */
function recorderOf(db: Sequelize, on: On): { db: Sequelize; statements: string[] } {
  const statements: string[] = []
  const sends = on.transaction !== undefined
  const ask = db.query.bind(db) as (sql: string, options?: object) => Promise<unknown>
  const query = async (sql: string | { query: string }, options: object = {}): Promise<unknown> => {
    const text = typeof sql === 'string' ? sql : sql.query
    const asks = ASKS.test(text)
    if (!asks) statements.push(text.trim())
    if (sends) return ask(text, { ...options, ...on })
    // What a step before would have made is not there to be asked about.
    return asks ? ask(text, options).catch(() => []) : []
  }
  const recording = Object.assign(Object.create(db) as Sequelize, { query })
  const qi = Object.create(db.getQueryInterface()) as QueryInterface
  Object.assign(qi, { sequelize: recording })
  if (!sends) Object.assign(qi, { describeTable: describedBy(qi) })
  Object.assign(recording, { getQueryInterface: () => qi })
  return { db: recording, statements }
}

const describedBy = (qi: QueryInterface) => {
  const describe = qi.describeTable.bind(qi)
  return (table: string, options: object) => describe(table, options).catch(() => ({}))
}
