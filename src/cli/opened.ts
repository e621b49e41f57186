import { boot, coreMigrations } from '../boot'
import { modules } from '../app/modules'
import { Lifecycle } from '../core/lifecycle'
import { openSender } from '../core/socket-server'
import { registerModules } from '../core/working-modules'
import { closeDatabase, openDatabase } from '../infra/database'
import type { Migration } from '../infra/migrator'
import { closeProducers } from '../infra/queue'
import { findPlugins, pluginMigrations } from '../plugin/folders'
import { LivePlugins, useLivePlugins } from '../plugin/live'
import { Plugins } from '../plugin/plugins'

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

/** The same for work with tasks: those of plugins are known, jobs reach the queues, and who watches hears of it. */
export const withTasks = <T>(work: () => Promise<T>): Promise<T> =>
  withLoaded(async (plugins) => {
    await plugins.load(await findPlugins())
    return nothingToEnd
  }, work)

/** The same for work that changes which plugins there are: they are loaded here too, and other processes are told. */
export const withPlugins = <T>(work: () => Promise<T>): Promise<T> =>
  withLoaded(async (plugins) => {
    const live = new LivePlugins(plugins)
    const forget = useLivePlugins(live)
    await live.settle()
    return async () => {
      forget()
      await live.leave()
    }
  }, work)

const nothingToEnd = () => Promise.resolve()

/** @param load brings the plugins in, and returns how that ends */
const withLoaded = <T>(
  load: (plugins: Plugins) => Promise<() => Promise<void>>,
  work: () => Promise<T>,
): Promise<T> =>
  withSteward(async () => {
    const plugins = new Plugins(modules)
    registerModules(() => plugins.working())
    const stopSending = await openSender()
    let end = nothingToEnd
    try {
      end = await load(plugins)
      return await work()
    } finally {
      await end()
      await plugins.stop()
      await closeProducers()
      await stopSending()
    }
  })

/** Those of the core, then those of the plugins that are there. */
export const allMigrations = async (): Promise<Migration[]> => [
  ...(await coreMigrations()),
  ...(await pluginMigrations()),
]

/** Does some work with the database and everybody's migrations, whatever the state of its tables. */
export const withMigrations = <T>(work: (migrations: Migration[]) => Promise<T>): Promise<T> =>
  withDatabase(async () => work(await allMigrations()))

/** Does some work with the database alone. */
export async function withDatabase<T>(work: () => Promise<T>): Promise<T> {
  await openDatabase()
  try {
    return await work()
  } finally {
    await closeDatabase()
  }
}
