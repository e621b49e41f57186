import { join, resolve, sep } from 'node:path'
import { env } from '../config/env'
import { loadTypescriptIn } from '../infra/typescript-loader'
import { migrationsIn, type Migration } from '../infra/migrator'
import { projectRoot } from '../utils/project-root'
import { indexOf } from './code'
import { inLoadOrder } from './order'
import { version } from '../utils/version'
import { discover, lookAt, type Found } from './discover'

/** Where plugins lie that were put there by hand. */
export const pluginRoot = (): string => resolve(projectRoot, env.PLUGIN_DIR)

/**
 * Finds plugins, and makes their TypeScript loadable.
 * @param only names of folders below PLUGIN_DIR, or paths of others; all of PLUGIN_DIR unless given
 */
export async function findPlugins(only?: string[]): Promise<Found[]> {
  if (env.PLUGIN_SAFE_MODE) return []
  const root = pluginRoot()
  const found = only
    ? await Promise.all(only.map((name) => lookAt(resolve(root, name))))
    : await discover(root)
  const folders = new Map(found.map(({ name, folder }) => [name, folder]))
  const within = [root, ...folders.values()].map((folder) => folder + sep)
  loadTypescriptIn({
    cache: join(env.DATA_DIR, 'cache', 'plugin'),
    covers: (file) => within.some((folder) => file.startsWith(folder)),
    find: (request) => {
      const folder = request.startsWith('#plugin/')
        ? folders.get(request.slice('#plugin/'.length))
        : undefined
      return folder === undefined ? null : indexOf(folder)
    },
  })
  return found
}

/** The migrations of every plugin whose manifest is right, each plugin's after those of what it requires. */
export async function pluginMigrations(): Promise<Migration[]> {
  const { sorted } = inLoadOrder(await findPlugins(), { version, database: env.DATABASE_TYPE })
  const lists = await Promise.all(
    sorted.map(({ name, folder }) => migrationsIn(join(folder, 'migrations'), name)),
  )
  return lists.flat()
}
