import { compareRights, hasSuperUser, usersWithKnownPassword } from '../../../app/admin'
import { modules } from '../../../app/modules'
import { env } from '../../../config/env'
import { addModels, closeDatabase, openDatabase, reader } from '../../../infra/database'
import { databaseFacts } from '../../../infra/database-facts'
import { appliedMigrations } from '../../../infra/migrator'
import { pluginCrud } from '../../../plugin/crud/plugin'
import { findPlugins, pluginRoot } from '../../../plugin/folders'
import { REMOVED } from '../../../plugin/model/plugin'
import { allMigrations } from '../../opened'
import { count } from '../../output'
import { databaseTarget } from '../../target'
import { broken, messageOf, notice, ok, skipped, type Finding } from './check'

/** Everything that needs the database; what follows from its absence is not told five times. */
export async function databaseChecks(): Promise<Finding[]> {
  try {
    await openDatabase()
  } catch (error) {
    const advice =
      'Start the server, make the database, and compare the DATABASE_* settings with it. First of all: steward config check'
    return [broken('database', `${databaseTarget()}: ${messageOf(error)}`, advice)]
  }
  try {
    addModels(modules.flatMap((m) => m.models ?? []))
    const tables = await migrations()
    const basics = [...(await facts()), tables]
    if (tables.state !== 'ok') return [...basics, skipped('users', 'the tables are not ready')]
    return [...basics, await superUser(), await knownPasswords(), await rights(), await plugins()]
  } finally {
    await closeDatabase()
  }
}

/** CURRENT_TIMESTAMP has whole seconds. */
const SKEW_LIMIT_MS = 3000

async function facts(): Promise<Finding[]> {
  const { version, skew_ms } = await databaseFacts()
  const server = ok('database', `${databaseTarget()}, version ${version}`)
  if (Math.abs(skew_ms) < SKEW_LIMIT_MS) return [server, ok('clock of the database', 'agrees with this one')]
  const words = `${(skew_ms / 1000).toFixed(0)} s off from this machine`
  return [server, notice('clock of the database', words, 'Set both by the same time server (NTP).')]
}

async function migrations(): Promise<Finding> {
  const name = 'migrations'
  const known = (await allMigrations()).map((m) => m.name)
  const applied = new Set(await appliedMigrations())
  const pending = known.filter((one) => !applied.has(one))
  const newer = [...applied].filter((one) => !known.includes(one))
  if (pending.length > 0) {
    const words = `${pending.length} not applied: ${pending.join(', ')}`
    if (applied.size === 0) return notice(name, 'the database is empty', 'The first start makes the tables.')
    return broken(name, words, 'steward migrate up')
  }
  if (newer.length > 0)
    return notice(
      name,
      `applied, but not known here: ${newer.join(', ')}`,
      'A newer version, or a plugin that is gone, has been at work.',
    )
  return ok(name, `all ${known.length} applied`)
}

async function superUser(): Promise<Finding> {
  if (await hasSuperUser(reader())) return ok('super user', 'there is one who can sign in')
  return broken('super user', 'nobody can administer this installation', 'steward user create-super NAME')
}

async function knownPasswords(): Promise<Finding> {
  const name = 'well-known passwords'
  const names = await usersWithKnownPassword(reader(), ['admin', 'test', env.ADMIN_USERNAME], '123456')
  if (names.length === 0) return ok(name, 'not in use')
  const advice = names.map((one) => `steward user reset-password ${one}`).join('; ')
  const words = `${names.join(', ')} can sign in with 123456`
  return env.ENVIRONMENT === 'prod' ? broken(name, words, advice) : notice(name, words, advice)
}

const SAMPLE = 20

async function rights(): Promise<Finding> {
  const { users, questions, differences } = await compareRights(reader(), SAMPLE)
  const words = `${count(users, 'user')}, ${count(questions, 'question')}`
  if (differences.length === 0) return ok('rights', `casbin and the fast path agree (${words})`)
  const shown = differences.slice(0, 5).join('; ')
  return broken(
    'rights',
    `casbin and the fast path differ: ${shown}`,
    'Report this: it is a fault in Steward.',
  )
}

/** Other machines share the database but not the disk: what one of them has met may not be here. */
async function plugins(): Promise<Finding> {
  const name = 'plugins'
  if (env.PLUGIN_SAFE_MODE) return skipped(name, 'PLUGIN_SAFE_MODE is set')
  const found = await findPlugins()
  const here = new Map(found.map((one) => [one.name, one.manifest?.plugin.version]))
  const rows = (await pluginCrud.all(reader())).filter(({ state }) => state !== REMOVED)
  const odd = rows.flatMap(({ name: plugin, version }) => {
    if (!here.has(plugin)) return `${plugin} ${version} has no folder here`
    const own = here.get(plugin) ?? version
    return own === version ? [] : `${plugin} is ${own} here and ${version} in the database`
  })
  if (odd.length === 0) return ok(name, `${count(found.length, 'folder')}, as the database says`)
  const advice = 'Every machine needs the same plugins: share PLUGIN_DIR, or use one image.'
  return notice(name, `${odd.join('; ')} (${pluginRoot()})`, advice)
}
