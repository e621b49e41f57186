import { resolve } from 'node:path'
import { findPlugins, pluginRoot } from '../../../plugin/folders'
import { loadCode } from '../../../plugin/code'
import { say } from '../../../utils/printer'
import { misused } from '../../outcome'
import { count, sayJson } from '../../output'

/** What leaves with a plugin; its migrations are run on nothing to know. */
export async function plan(name: string, { json }: { json?: boolean }): Promise<void> {
  const one = (await findPlugins()).find((found) => found.name === name)
  if (!one?.manifest) throw misused(`There is no plugin ${name} that can be read.`)
  const { module, inventory } = await loadCode({ ...one, manifest: one.manifest })
  const shared = [...inventory.rows].filter(([table]) => !inventory.tables.includes(table))
  const receipt = {
    tables: inventory.tables,
    rows: Object.fromEntries(shared),
    tasks: (module.tasks ?? []).map(({ task }) => task.name),
    folder: resolve(pluginRoot(), name),
  }
  if (json) return sayJson(receipt)
  say(`With ${name} would go:`)
  for (const table of receipt.tables) say(`  table ${table}, with all its rows`)
  for (const [table, ids] of shared) say(`  ${count(ids.length, 'row')} of ${table}`)
  if (shared.some(([table]) => table === 'sys_menu')) say('  what ties roles to these menus')
  for (const task of receipt.tasks) say(`  task ${task}, with its schedules and results`)
  say(`  folder ${receipt.folder}, kept as an archive beside it`)
}
