import { conflict } from '../common/errors'
import { appliedMigrations, migrationNamed, stepsOf, type Migration } from '../infra/migrator'
import { load, loadIndex, loadMigrations, lookInto, type Code } from './code'
import { ENOUGH, acquit, blame, isConvicted, marked } from './crash'
import { settingsOf, tasksOf } from './gathered'
import type { Plugin } from './plugin'

/** What has to be known of a plugin to take everything out again that it has brought. */
export type Brought = Pick<Code, 'module' | 'migrations' | 'inventory'>

type Source = Pick<Plugin, 'name' | 'folder' | 'manifest' | 'code'>

/**
 * Also of one that is set aside: it is loaded once more for that, and nothing of it is put to work. What cannot be
 * loaded and has brought nothing does not matter.
 * @throws 409 `plugin.not_undone` with what nobody could take out
 */
export async function broughtBy(plugin: Source): Promise<Brought> {
  const { name } = plugin
  const applied = (await appliedMigrations()).filter((one) => one.startsWith(`${name}/`))
  try {
    const brought = plugin.code ?? (await readAlone(plugin, new Set(applied)))
    const there = new Set(brought.migrations.map((migration) => migration.name))
    const lost = applied.filter((one) => !there.has(one))
    if (lost.length > 0) throw new Error(`it has no migration ${lost.join(', ')} any more`)
    return brought
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw conflict('plugin.not_undone', { name, reason })
  }
}

const attemptOn = (name: string) => `${name}.removal`

/** To be called when it is gone. */
export const forgetAttempt = (name: string): void => acquit(attemptOn(name))

/** Code with which a process ends here is not run a second time: whoever asks again is told. */
async function readAlone(plugin: Source, applied: ReadonlySet<string>): Promise<Brought> {
  const { version } = plugin.manifest?.plugin ?? { version: '0.0.0' }
  const attempt = attemptOn(plugin.name)
  if (isConvicted(attempt, version))
    throw new Error(
      'a process ended when its code was loaded to remove it: correct it, then raise its version',
    )
  blame(attempt, version, ENOUGH)
  try {
    return await marked(plugin.name, () => read(plugin, applied))
  } finally {
    acquit(attempt)
  }
}

async function read(plugin: Source, applied: ReadonlySet<string>): Promise<Brought> {
  const migrations = await loadMigrations(plugin, (file) => stepsIn(file, plugin.name, applied))
  const own = migrations.filter(({ name }) => applied.has(name))
  const inventory = await lookInto(migrations).catch(() => lookInto(own))
  const code = { module: loadIndex(plugin), migrations, inventory }
  // A list that cannot be read is to fail here, while nothing has been changed yet.
  tasksOf({ ...plugin, code })
  settingsOf({ ...plugin, code })
  return code
}

const nothing = () => Promise.resolve()

function stepsIn(file: string, plugin: string, applied: ReadonlySet<string>): Pick<Migration, 'up' | 'down'> {
  const name = migrationNamed(plugin, file)
  try {
    return stepsOf(load(file), name)
  } catch (error) {
    if (!applied.has(name)) return { up: nothing, down: nothing }
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`migration ${name}: ${reason}`, { cause: error })
  }
}
