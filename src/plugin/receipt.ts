import { join } from 'node:path'
import { queueOf } from '../core/task-registry'
import { permissionsOf } from '../core/permissions'
import { reader } from '../infra/database'
import { countNamed, type NamedRows } from '../infra/named-rows'
import { filesOf } from './archive'
import { broughtBy } from './brought'
import { gatheredRows, ownRecords, settingsOf } from './gathered'
import type { Found } from './discover'
import { keysOf, readLocales, type Locales } from './words'

/** What leaves with a plugin. */
export interface Receipt {
  /** Tables of its own, with all their rows. */
  tables: string[]
  /** Ids of the rows that its migrations put into tables of others, such as its menus. */
  rows: Record<string, string[]>
  /** How many rows of tables of others have come for its sake, such as schedules with their ticks. */
  gathered: Record<string, number>
  /** Permission codes of its addresses. */
  permissions: string[]
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

/**
 * Its migrations are run on nothing to know, and the database, which must be open, is asked for the rest.
 * @throws 409 `plugin.not_undone`
 */
export async function receiptOf(found: Found): Promise<Receipt> {
  const code = await broughtBy({ ...found, code: null })
  const { module, inventory } = code
  const tasks = (module.tasks ?? []).map(({ task }) => task)
  const loaded = { ...found, code }
  return {
    tables: inventory.tables,
    rows: Object.fromEntries([...inventory.rows].filter(([table]) => !inventory.tables.includes(table))),
    gathered: await countsOf([...(await gatheredRows(reader(), loaded)), ...ownRecords(found.name, code)]),
    permissions: permissionsOf([module]).map(({ code }) => code),
    tasks: tasks.map(({ name }) => name),
    queues: [...new Set(tasks.map(queueOf))],
    settings: settingsOf(loaded),
    words: keysOf(await localesIn(found.folder)),
    files: await filesOf(found.folder),
    folder: found.folder,
  }
}

/** Words that cannot be read were never shown. */
const localesIn = (folder: string): Promise<Locales> =>
  readLocales(join(folder, 'locales')).catch(() => new Map())

async function countsOf(list: NamedRows[]): Promise<Record<string, number>> {
  const counts: [string, number][] = []
  for (const rows of list) counts.push([rows.table, await countNamed(reader(), rows)])
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}
