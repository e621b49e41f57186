import { QueryTypes, Transaction, type Sequelize } from 'sequelize'
import { isDatabaseBusy } from './database-error'
import { connectionLock, dialectOf } from './dialect'
import { ProcessLock } from './process-lock'
import { withoutStatementLimit } from './statement-limit'

/** One process migrates at a time; the others wait and then find nothing pending. */
export async function withMigrationLock<T>(db: Sequelize, work: () => Promise<T>): Promise<T> {
  const lock = connectionLock[dialectOf(db)]
  if (!lock) return withLockFile(lockFileOf(db), work)
  return withoutStatementLimit(() => withConnectionLock(db, lock, work))
}

type ConnectionLock = NonNullable<(typeof connectionLock)['mysql']>

/** The lock belongs to a connection, so an idle transaction pins one for as long as the work runs. */
async function withConnectionLock<T>(
  db: Sequelize,
  lock: ConnectionLock,
  work: () => Promise<T>,
): Promise<T> {
  const pin = await db.transaction({ type: Transaction.TYPES.DEFERRED })
  const ask = async (sql: string) => {
    const [row] = await db.query<{ answer: unknown }>(sql, { type: QueryTypes.SELECT, transaction: pin })
    return row?.answer
  }
  const take = async () => {
    if (lock.patience) await ask(lock.patience)
    return lock.taken(await ask(lock.take))
  }
  try {
    const isTaken = await take().catch((error: unknown) => {
      if (isDatabaseBusy(error)) return false
      throw error
    })
    if (!isTaken) throw new Error('another process has been migrating for two minutes; try again')
    try {
      return await work()
    } finally {
      await ask(lock.drop)
    }
  } finally {
    await pin.rollback()
  }
}

const lockFileOf = (db: Sequelize): string => {
  const storage: unknown = 'options' in db && (db.options as { storage?: string }).storage
  return `${String(storage)}.migrate-lock`
}

/** SQLite has no lock that outlives a transaction, so a file beside the database stands for it. */
async function withLockFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = new ProcessLock(file)
  const deadline = Date.now() + 120_000
  while (!(await lock.take())) {
    if (Date.now() > deadline)
      throw new Error(`another process has been migrating for two minutes (${file}); try again`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  try {
    return await work()
  } finally {
    await lock.drop()
  }
}
