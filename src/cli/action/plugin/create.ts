import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pluginRoot } from '../../../plugin/folders'
import { parseManifest } from '../../../plugin/manifest'
import { say } from '../../../utils/printer'
import { failed, misused } from '../../outcome'
import { stubsOf } from './stub'

/** Writes a plugin with one table and two addresses, which passes every check as it is. */
export async function create(name: string): Promise<void> {
  const files = stubsOf(name)
  const { problems = [] } = parseManifest(files['plugin.json'] ?? '')
  if (problems.length > 0) throw misused(problems.join('\n'))
  const folder = join(pluginRoot(), name)
  if (existsSync(folder)) throw failed(`${folder} is there already.`)
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text, { flag: 'wx' })
  }
  say(`Written: ${folder}`)
  say('Next: change model, migration, schema and routes to what you need; then')
  say(`  npx jest ${folder}`)
  say(`  scripts/steward plugin check ${folder}`)
}
