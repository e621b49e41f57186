import { BaseError, QueryTypes, type Sequelize } from 'sequelize'
import { database } from './database'

export interface DatabaseFacts {
  version: string
  /** Its clock minus ours, in milliseconds; no finer than a second. */
  skew_ms: number
}

/** What the open database says about itself. */
export async function databaseFacts(db: Sequelize = database()): Promise<DatabaseFacts> {
  const version = await db.databaseVersion()
  const asked = Date.now()
  const [row] = await db.query<{ clock: unknown }>('SELECT CURRENT_TIMESTAMP AS clock', {
    type: QueryTypes.SELECT,
  })
  const answered = Date.now()
  return { version, skew_ms: momentOf(row?.clock) - (asked + answered) / 2 }
}

/** SQLite answers with text in UTC, the others with a moment: their sessions are in UTC as well. */
function momentOf(clock: unknown): number {
  if (clock instanceof Date) return clock.getTime()
  return Date.parse(`${String(clock).replace(' ', 'T')}Z`)
}

/** What the database itself said, which Sequelize wraps in words of its own. */
export function reasonOfDatabase(error: unknown): string {
  const said = error instanceof BaseError && 'parent' in error ? error.parent : error
  const words = said instanceof Error ? said.message : String(said)
  return /[.!?]$/.test(words) ? words : `${words}.`
}
