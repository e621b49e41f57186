import fs from 'node:fs/promises'
import { QueryTypes, Transaction, type Sequelize } from 'sequelize'
import { connectionLock, dialectOf } from './dialect'

/** One process migrates at a time; the others wait and then find nothing pending. */
export async function withMigrationLock<T>(db: Sequelize, work: () => Promise<T>): Promise<T> {
  const lock = connectionLock[dialectOf(db)]
  return lock ? withConnectionLock(db, lock, work) : withLockFile(lockFileOf(db), work)
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
  try {
    if (!lock.taken(await ask(lock.take)))
      throw new Error('another process has been migrating for two minutes; try again')
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

/** SQLite has no lock that outlives a transaction: a file with the owner's pid, taken over when that process is gone. */
async function withLockFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 120_000
  while (!(await takeLockFile(file))) {
    if (Date.now() > deadline)
      throw new Error(`another process has been migrating for two minutes (${file}); try again`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  try {
    return await work()
  } finally {
    await fs.rm(file, { force: true })
  }
}

async function takeLockFile(file: string): Promise<boolean> {
  const mine = `${file}.${process.pid}`
  await fs.writeFile(mine, String(process.pid))
  try {
    await fs.link(mine, file)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    await dropStale(file)
    return false
  } finally {
    await fs.rm(mine, { force: true })
  }
}

async function dropStale(file: string): Promise<void> {
  const owner = Number(await fs.readFile(file, 'utf8').catch(() => ''))
  if (owner > 0 && isAlive(owner)) return
  await fs.rename(file, `${file}.stale-${process.pid}`).catch(() => undefined)
  await fs.rm(`${file}.stale-${process.pid}`, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
