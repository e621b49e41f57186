import { BaseError, ConnectionError, UniqueConstraintError, type Sequelize } from 'sequelize'
import { isTransient } from './dialect'

const AWAY = new Set<unknown>([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_OPTION_PREVENTS_STATEMENT',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
])

/** PostgreSQL: connection lost, out of resources, shutting down or starting, system error, read-only stand-by. */
const AWAY_STATE = /^(08|53|57P|58)...?$|^25006$/

/** What PostgreSQL's driver says without a code of a connection that broke. */
const BROKEN = /^(Connection terminated|Client has encountered a connection error|Client was closed)/

/** Whether an error means "the database cannot serve at the moment", as opposed to a mistake in a statement. */
export function isDatabaseDown(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  return error instanceof BaseError && 'parent' in error && breaksConnection(error.parent)
}

function breaksConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code: unknown = Reflect.get(error, 'code')
  // MySQL's driver marks what a connection does not outlive.
  if (AWAY.has(code) || Reflect.get(error, 'fatal') === true) return true
  if (typeof code === 'string') return AWAY_STATE.test(code)
  return BROKEN.test(String(Reflect.get(error, 'message')))
}

/** Whether a row was refused because another one has its key. */
export const isUniqueViolation = (error: unknown): boolean => error instanceof UniqueConstraintError

/** Whether others held what was needed for too long, also when the work was repeated. */
export const isDatabaseBusy = (error: unknown): boolean =>
  isTransient(error) || (error instanceof BaseError && LOCK_TIMEOUTS.has(codeOf(error)))

const LOCK_TIMEOUTS = new Set<unknown>(['55P03', 'ER_LOCK_WAIT_TIMEOUT'])

const codeOf = (error: BaseError): unknown =>
  'parent' in error && typeof error.parent === 'object' && error.parent !== null
    ? Reflect.get(error.parent, 'code')
    : undefined

interface Connecting {
  getConnection(options?: object): Promise<unknown>
}

/** A connection that breaks while it is being set up fails with the bare error of the socket: this gives it its name. */
export function nameConnectionErrors(db: Sequelize): void {
  const manager = Reflect.get(db, 'connectionManager') as Connecting
  const connect = manager.getConnection.bind(manager)
  manager.getConnection = (options) =>
    connect(options).catch((error: unknown) => {
      throw breaksConnection(error) && !(error instanceof BaseError)
        ? new ConnectionError(error as Error)
        : error
    })
}
