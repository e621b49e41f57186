import { QueryTypes, Transaction, type Sequelize } from 'sequelize'
import { unavailable } from '../common/errors'

type Work = (transaction: Transaction) => Promise<unknown>

/** Longer than any write should take; a transaction opened inside another one would wait for itself for ever. */
const WRITER_WAIT_MS = 30_000

/**
 * One writer per process on SQLite. Waiting `BEGIN IMMEDIATE`s would fill the thread pool and keep the holder from
 * committing, so managed transactions queue here, in the process, before they touch the database. A write outside of
 * them gets one of its own: waiting for the holder, it would keep back all reads, and with them perhaps the holder.
 */
export function queueSqliteWriters(db: Sequelize): void {
  const begin = db.transaction.bind(db) as (options: object, work: Work) => Promise<unknown>
  let tail: Promise<unknown> = Promise.resolve()
  const queued = (first: object | Work, second?: Work): Promise<unknown> => {
    const work = typeof first === 'function' ? (first as Work) : second
    const options = typeof first === 'function' ? {} : first
    if (!work) throw new Error('unmanaged transactions are not used: pass the work as a function')
    const turn = orTimeOut(tail).then(() => begin({ ...options, type: Transaction.TYPES.IMMEDIATE }, work))
    // Without results: each tail would keep those of all before it.
    tail = Promise.allSettled([tail, turn]).then(() => undefined)
    return turn
  }
  const run = db.query.bind(db) as (sql: Sql, options?: Options) => Promise<unknown>
  const query = (sql: Sql, options?: Options): Promise<unknown> =>
    options?.transaction || !isWrite(sql, options?.type)
      ? run(sql, options)
      : queued((transaction) => run(sql, { ...options, transaction }))
  Object.assign(db, { transaction: queued, query })
}

type Sql = string | { query: string }
interface Options {
  type?: string
  transaction?: Transaction | null
}

const { INSERT, UPDATE, BULKUPDATE, DELETE, BULKDELETE, UPSERT } = QueryTypes
const WRITES = new Set<string>([INSERT, UPDATE, BULKUPDATE, DELETE, BULKDELETE, UPSERT])

function isWrite(sql: Sql, type = ''): boolean {
  const text = typeof sql === 'string' ? sql : sql.query
  return WRITES.has(type) || /^\s*(insert|update|delete|replace)\b/i.test(text)
}

function orTimeOut(turn: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable('database.busy')), WRITER_WAIT_MS)
  })
  return Promise.race([turn, late]).finally(() => clearTimeout(timer))
}
