import { existsSync } from 'node:fs'
import { workingModules } from '../core/working-modules'
import { reader } from '../infra/database'
import type { Db } from '../infra/db'
import { pluginCrud } from './crud/plugin'
import { livePlugins } from './live'

/**
 * Whether a plugin is to work, as the database says at this moment, whatever this process has heard. One that was never
 * met has no row; one that is removed has lost its folder before its row.
 */
export async function isWanted(name: string, folder: string): Promise<boolean> {
  const row = await pluginCrud.first(reader(), { name })
  return row?.is_enabled ?? existsSync(folder)
}

/**
 * Keeps a plugin from being switched off or removed by any process until the transaction ends.
 * @returns whether it is to work at all; also true for a module that is no plugin
 */
export async function holdPlugin(db: Db, name: string): Promise<boolean> {
  const row = await pluginCrud.lockByName(db, name)
  if (row) return row.is_enabled
  const plugin = livePlugins().plugins.get(name)
  return plugin ? existsSync(plugin.folder) : workingModules().some((one) => one.name === name)
}
