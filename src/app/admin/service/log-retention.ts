import { env, now, reader } from '#core'
import { loginLogCrud, operaLogCrud } from '../crud/logs'

const DAY_MS = 86_400_000

export interface Purged {
  deleted: number
}

/** Deletes what is older than OPERA_LOG_RETENTION_DAYS, in batches; 0 keeps everything. */
export const purgeOperaLog = (): Promise<Purged> => purge(operaLogCrud, env.OPERA_LOG_RETENTION_DAYS)

/** Deletes what is older than LOGIN_LOG_RETENTION_DAYS, in batches; 0 keeps everything. */
export const purgeLoginLog = (): Promise<Purged> => purge(loginLogCrud, env.LOGIN_LOG_RETENTION_DAYS)

async function purge(log: typeof operaLogCrud | typeof loginLogCrud, days: number): Promise<Purged> {
  if (days <= 0) return { deleted: 0 }
  return { deleted: await log.purgeBefore(reader(), new Date(now().getTime() - days * DAY_MS)) }
}
