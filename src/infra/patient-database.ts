import sqlite3 from 'sqlite3'
import { StatementCache } from './statement-cache'

/**
 * `synchronous=FULL`: an answered write survives a power cut, not only a killed process. What was written ahead is moved
 * into the file every 16 MB, not every 4: pages that change again and again, as with tasks, are moved once.
 */
const SETTINGS = [
  'busy_timeout=15000',
  'synchronous=FULL',
  'foreign_keys=ON',
  'wal_autocheckpoint=4000',
  'cache_size=-16000',
]

/** A SQLite connection that waits for a lock instead of failing at once. */
export class PatientDatabase extends sqlite3.Database {
  readonly #statements = new StatementCache(this)

  constructor(file: string, mode: number, done: (error: Error | null) => void) {
    super(file, mode, (error) => {
      if (error) return done(error)
      this.exec(SETTINGS.map((setting) => `PRAGMA ${setting}`).join(';'), done)
    })
  }

  /** `all`, with statements kept for the next time. */
  select(sql: string, values: readonly string[], done: (error: Error | null, rows: unknown) => void): void {
    this.#statements.all(sql, values, done)
  }

  override close(done?: (error: Error | null) => void): void {
    this.#statements.clear()
    super.close(done)
  }
}
