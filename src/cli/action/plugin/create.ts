import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { modules } from '../../../app/modules'
import { now } from '../../../infra/clock'
import { checkPlugin } from '../../../plugin/check'
import { pluginRoot } from '../../../plugin/folders'
import { parseManifest } from '../../../plugin/manifest'
import { complain, say } from '../../../utils/printer'
import { askText, canAsk } from '../../ask'
import { Ended, failed, misused } from '../../outcome'
import { blueprintOf, USUAL_FIELDS } from './new/blueprint'
import { FIELD_HELP, readField } from './new/field'
import { filesOf } from './new/files'

export interface CreateOptions {
  table?: string
  field?: string[]
}

/** Writes a plugin with one table and its addresses, which passes every check as it is, or nothing at all. */
export async function create(name: string, { table, field = [] }: CreateOptions): Promise<void> {
  const start = (fields: string[]) => filesOf(blueprintOf({ name, entity: table, fields }, now()))
  const { problems = [] } = parseManifest(start(field)['plugin.json'] ?? '')
  if (problems.length > 0) throw misused(problems.join('\n'))
  const folder = join(pluginRoot(), name)
  if (existsSync(folder)) throw failed(`${folder} is there already.`)
  await write(name, start(field.length > 0 ? field : await askFields()))
  say(`Written: ${folder}`)
  say('Next: change it to what you need; then')
  say(`  npx jest ${folder}`)
  say(`  scripts/steward plugin check ${folder}`)
}

/** One after the other, until nothing is typed; the usual ones where nobody can be asked. */
async function askFields(): Promise<string[]> {
  if (!canAsk()) return USUAL_FIELDS
  say(`The columns of its table, one a line: ${FIELD_HELP}.`)
  const fields: string[] = []
  for (;;) {
    const text = await askText(fields.length > 0 ? 'One more, or just enter' : 'Column', '')
    if (text === '') return fields.length > 0 ? fields : USUAL_FIELDS
    if (isField(text)) fields.push(text)
  }
}

function isField(text: string): boolean {
  try {
    readField(text)
    return true
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    complain(error.message)
    return false
  }
}

/** Beside its place first, where it is checked as one that is installed would be. */
async function write(name: string, files: Record<string, string>): Promise<void> {
  await mkdir(pluginRoot(), { recursive: true })
  const aside = await mkdtemp(join(pluginRoot(), `.${name}.create-`))
  try {
    const folder = join(aside, name)
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    const findings = await checkPlugin(folder, modules)
    if (findings.length > 0) throw misused(findings.map(({ words }) => `${name}: ${words}`).join('\n'))
    await rename(folder, join(pluginRoot(), name))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}
