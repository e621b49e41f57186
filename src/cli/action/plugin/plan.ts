import { findPlugins } from '../../../plugin/folders'
import { receiptOf, type Receipt } from '../../../plugin/receipt'
import { say } from '../../../utils/printer'
import { withDatabase } from '../../opened'
import { misused } from '../../outcome'
import { count, sayJson } from '../../output'

/** What leaves with a plugin. */
export async function plan(name: string, { json }: { json?: boolean }): Promise<void> {
  const receipt = await receiptFor(name)
  if (json) return sayJson(receipt)
  say(`With ${name} would go:`)
  tell(receipt)
}

export async function receiptFor(name: string): Promise<Receipt> {
  const one = (await findPlugins()).find((found) => found.name === name)
  if (!one) throw misused(`There is no plugin ${name}.`)
  return withDatabase(() => receiptOf(one))
}

export function tell({ tables, rows, ...rest }: Receipt): void {
  for (const table of tables) say(`  table ${table}, with all its rows`)
  for (const [table, ids] of Object.entries(rows)) say(`  ${count(ids.length, 'row')} of ${table}`)
  for (const [table, number] of Object.entries(rest.gathered)) say(`  ${count(number, 'row')} of ${table}`)
  for (const code of rest.permissions) say(`  permission ${code}`)
  for (const task of rest.tasks) say(`  task ${task}`)
  for (const queue of rest.queues) say(`  what waits for it in queue ${queue}`)
  for (const name of rest.settings) say(`  setting ${name}`)
  if (rest.words.length > 0) say(`  ${count(rest.words.length, 'word')} of the interface`)
  say(`  folder ${rest.folder} with ${count(rest.files.length, 'file')}, kept as an archive beside it`)
}
