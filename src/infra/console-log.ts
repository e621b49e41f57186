import { format } from 'node:util'
import { logger as ours, type Logger } from './logger'

/**
 * Libraries complain on the console: past its level and form, and never into a file. From now on they are heard as lines
 * of the log, Sequelize above all, which says only there that a transaction has lost its connection.
 * @returns what takes it back
 */
export function logComplaints(logger: Pick<Logger, 'warn' | 'error'> = ours): () => void {
  const { warn, error } = console
  Object.assign(console, {
    warn: (...said: unknown[]) => logger.warn(format(...said)),
    error: (...said: unknown[]) => logger.error(format(...said)),
  })
  return () => void Object.assign(console, { warn, error })
}
