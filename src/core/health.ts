import { database } from '../infra/database'
import { idsReady } from '../infra/ids'
import { logger } from '../infra/logger'
import { redis } from '../infra/redis'

/** What must work before requests are sent here. */
export type HealthPart = 'database' | 'redis' | 'migrations' | 'ids'

export interface Health {
  is_ready: boolean
  is_stopping: boolean
  /** By part, whether it works. Nothing here says more: anybody may ask. */
  parts: Record<HealthPart, boolean>
}

export interface HealthSources {
  isStopping(): boolean
  /** Names of migrations that are not applied. */
  pendingMigrations(): Promise<string[]>
}

const FRESH_MS = 1000
const PATIENCE_MS = 2000

/** Looks at every part at most once a second, however often it is asked. */
export function healthCheck(sources: HealthSources): () => Promise<Health> {
  let last: { at: number; parts: Promise<Health['parts']> } | undefined
  return async () => {
    const isStopping = sources.isStopping()
    if (!last || performance.now() - last.at > FRESH_MS)
      last = { at: performance.now(), parts: look(sources) }
    const parts = await last.parts
    return { is_ready: !isStopping && Object.values(parts).every(Boolean), is_stopping: isStopping, parts }
  }
}

async function look(sources: HealthSources): Promise<Health['parts']> {
  const [isDatabaseUp, isRedisUp, isMigrated] = await Promise.all([
    works('database', () => database().query('SELECT 1')),
    works('redis', () => redis().ping()),
    works('migrations', async () => {
      const pending = await sources.pendingMigrations()
      if (pending.length > 0) throw new Error(`not applied: ${pending.join(', ')}`)
    }),
  ])
  return { database: isDatabaseUp, redis: isRedisUp, migrations: isMigrated, ids: idsReady() }
}

/** The reason goes to the log, not to whoever asks. */
async function works(part: HealthPart, look: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    await Promise.race([look(), late])
    return true
  } catch (err) {
    logger.warn(`not ready: ${part}`, { err })
    return false
  } finally {
    clearTimeout(timer)
  }
}
