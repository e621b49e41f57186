import { boot, coreMigrations } from '../boot'
import { modules } from '../app/modules'
import { Lifecycle } from '../core/lifecycle'
import { closeDatabase, openDatabase } from '../infra/database'
import type { Migration } from '../infra/migrator'
import { pluginMigrations } from '../plugin/folders'

/** Does some work with everything open that a server has: words, keys, Redis, ids, database, tables. */
export async function withSteward<T>(work: () => Promise<T>): Promise<T> {
  const lifecycle = new Lifecycle()
  try {
    await boot(lifecycle, modules)
    return await work()
  } finally {
    await lifecycle.stop()
  }
}

/** Does some work with the database alone, whatever the state of its tables. */
export async function withDatabase<T>(work: (migrations: Migration[]) => Promise<T>): Promise<T> {
  await openDatabase()
  try {
    return await work([...(await coreMigrations()), ...(await pluginMigrations())])
  } finally {
    await closeDatabase()
  }
}
