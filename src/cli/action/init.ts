import { ensureFirstUser, modules } from '../../app/modules'
import { bootDatabase, bootModules, bootShared } from '../../boot'
import { env } from '../../config/env'
import { Lifecycle } from '../../core/lifecycle'
import { createMissingDatabase, database } from '../../infra/database'
import { runMigrations } from '../../infra/migration-plan'
import { forgetJobs } from '../../infra/queue'
import { redis } from '../../infra/redis'
import { countKeysBelow, removeKeysBelow } from '../../infra/redis-scan'
import { say } from '../../utils/printer'
import { agrees, confirm } from '../ask'
import type { InitOptions } from '../command/init'
import { allMigrations } from '../opened'
import { count } from '../output'
import { asOperation } from '../recorded'
import { databaseTarget, redisTargetWords } from '../target'
import { addDemo, showSeeded } from './seed'

/** Makes everything anew: Redis, tables, first user. */
export async function init({ auto, demo, yes }: InitOptions): Promise<void> {
  say(`Database: ${databaseTarget()}`)
  say(`Redis:    ${redisTargetWords()}`)
  say(`Modules:  ${modules.map((m) => `${m.name} ${m.version}`).join(', ')}`)
  await confirm('This DELETES all users, rights, logs and sessions there. Go on?', yes)
  if (auto) await offerDatabase(yes)
  const lifecycle = new Lifecycle()
  try {
    await bootShared(lifecycle)
    await askAboutOthers(yes)
    await clearRedis()
    await bootDatabase(lifecycle, modules)
    await rebuildTables()
    await bootModules(lifecycle, modules)
    await firstRows(demo === true)
  } finally {
    await lifecycle.stop()
  }
}

/** Somebody who has just named a new database has not always made it. One that is there is left as it is. */
async function offerDatabase(yes: boolean | undefined): Promise<void> {
  if (env.DATABASE_TYPE === 'sqlite') return
  const isWanted = yes || (await agrees(`Make the database ${env.DATABASE_SCHEMA} if it is missing?`))
  if (isWanted && (await createMissingDatabase())) say(`Made the database ${env.DATABASE_SCHEMA}.`)
}

/** A server that runs on would go on with what it has in memory. */
async function askAboutOthers(yes: boolean | undefined): Promise<void> {
  const others = (await countKeysBelow(redis(), `${env.SNOWFLAKE_REDIS_PREFIX}:nodes:`)) - 1
  if (others <= 0) return
  const words = `${count(others, 'other process')} of Steward may be running on this Redis: stop before, start after.`
  if (yes) return say(`Careful: ${words}`)
  await confirm(`${words} Go on?`, yes)
}

/** What no setting names begins with this, whatever is added to it one day; so do the defaults of those that do. */
const OURS = 'fba'

/** Id nodes are kept: what they remember is why no id is ever given twice. */
async function clearRedis(): Promise<void> {
  const named = Object.entries(env).flatMap(([name, value]) =>
    /_PREFIX$/.test(name) && name !== 'SNOWFLAKE_REDIS_PREFIX' && typeof value === 'string' ? [value] : [],
  )
  let removed = await forgetJobs()
  const kept = `${env.SNOWFLAKE_REDIS_PREFIX}:`
  for (const prefix of new Set([...named, OURS])) {
    removed += (await redis().unlink(prefix)) + (await removeKeysBelow(redis(), `${prefix}:`, kept))
  }
  say(`Redis: removed ${count(removed, 'key')}.`)
}

/** Undoes all migrations, drops what they do not know of (tables of an import), and applies them again. */
async function rebuildTables(): Promise<void> {
  const migrations = await allMigrations()
  const undone = await runMigrations(migrations, 'down', { all: true })
  const qi = database().getQueryInterface()
  for (const model of modules.flatMap((m) => m.models ?? [])) await qi.dropTable(model.getTableName())
  const applied = await runMigrations(migrations, 'up')
  say(`Tables: undid ${count(undone.length, 'migration')}, applied ${applied.length}.`)
}

async function firstRows(demo: boolean): Promise<void> {
  const user = await ensureFirstUser()
  await asOperation('init', { demo }, () => Promise.resolve())
  if (user) {
    say(`First super user: ${user.username}`)
    say(
      user.password === null
        ? 'Password: as in ADMIN_PASSWORD'
        : `Password (shown only now): ${user.password}`,
    )
  }
  if (demo) showSeeded(await addDemo())
  say('Done. To start the server: scripts/start')
}
