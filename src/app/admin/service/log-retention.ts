import { env, logger, now, reader, redis } from '#core'
import { loginLogCrud, operaLogCrud } from '../crud/logs'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** One process a day gets it, and does the work. */
const TURN_KEY = 'fba:log_retention'
const TURN_SECONDS = 23 * 3600

export interface Purged {
  opera_log: number
  login_log: number
}

/** Deletes what is older than OPERA_LOG_RETENTION_DAYS and LOGIN_LOG_RETENTION_DAYS; 0 keeps everything. */
export async function purgeOldLogs(): Promise<Purged> {
  const before = (days: number) => new Date(now().getTime() - days * DAY_MS)
  const [opera, login] = [env.OPERA_LOG_RETENTION_DAYS, env.LOGIN_LOG_RETENTION_DAYS]
  const purged = {
    opera_log: opera > 0 ? await operaLogCrud.purgeBefore(reader(), before(opera)) : 0,
    login_log: login > 0 ? await loginLogCrud.purgeBefore(reader(), before(login)) : 0,
  }
  if (purged.opera_log + purged.login_log > 0) logger.info('old log rows were deleted', { ...purged })
  return purged
}

/** Purges unless some process already did so today. @returns null where it was not this process's turn */
export async function purgeOnceADay(): Promise<Purged | null> {
  const isMyTurn = (await redis().set(TURN_KEY, now().toISOString(), 'EX', TURN_SECONDS, 'NX')) === 'OK'
  if (!isMyTurn) return null
  try {
    return await purgeOldLogs()
  } catch (error) {
    await redis().del(TURN_KEY)
    throw error
  }
}

/** Looks every hour whether today's purge is due, in processes that have no schedules. @returns what ends it */
export function startLogRetention(): () => void {
  const look = () => {
    purgeOnceADay().catch((err: unknown) => logger.warn('old log rows could not be deleted', { err }))
  }
  const timer = setInterval(look, HOUR_MS).unref()
  look()
  return () => clearInterval(timer)
}
