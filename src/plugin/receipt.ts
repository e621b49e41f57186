import { queueOf } from '../core/task-registry'
import { permissionsOf } from '../core/permissions'
import { filesOf } from './archive'
import { loadCode } from './code'
import type { Loadable } from './order'
import { keysOf } from './words'

/** What leaves with a plugin. */
export interface Receipt {
  /** Tables of its own, with all their rows. */
  tables: string[]
  /** Ids of the rows that its migrations put into tables of others, such as its menus. */
  rows: Record<string, string[]>
  /** Permission codes of its addresses. */
  permissions: string[]
  /** With their schedules, results and jobs. */
  tasks: string[]
  /** Where its tasks wait. */
  queues: string[]
  settings: string[]
  /** Keys of its words. */
  words: string[]
  /** Paths below its folder, which is kept as an archive. */
  files: string[]
  folder: string
}

/** Its migrations are run on nothing to know. @throws a sentence where its code cannot be loaded */
export async function receiptOf(found: Loadable): Promise<Receipt> {
  const { module, inventory, locales } = await loadCode(found)
  const tasks = (module.tasks ?? []).map(({ task }) => task)
  const own = Object.keys(module.settings?.settings ?? {})
  return {
    tables: inventory.tables,
    rows: Object.fromEntries([...inventory.rows].filter(([table]) => !inventory.tables.includes(table))),
    permissions: permissionsOf([module]).map(({ code }) => code),
    tasks: tasks.map(({ name }) => name),
    queues: [...new Set(tasks.map(queueOf))],
    settings: [...new Set([...own, ...Object.keys(found.manifest.settings ?? {})])],
    words: keysOf(locales),
    files: await filesOf(found.folder),
    folder: found.folder,
  }
}
