import { LRUCache } from 'lru-cache'
import type { Database, Statement } from 'sqlite3'

type Done = (error: Error | null, rows: unknown) => void

/** Longer texts carry many values and hardly ever come twice. */
const LONGEST = 2000
/** A prepared statement runs once at a time, so those that are wanted by many at once are kept several times. */
const MOST_OF_ONE = 8

/**
 * The statements of one SQLite connection that came more than once stay prepared. Otherwise the driver makes two trips
 * to its threads for each read, one to compile it and one to run it. SQLite compiles a kept one anew by itself when the
 * tables have changed.
 */
export class StatementCache {
  /** By text, those that nobody uses at the moment; an empty list for a text that came once. */
  readonly #idle = new LRUCache<string, Statement[]>({ max: 200, dispose: (idle) => idle.forEach(finalize) })

  constructor(private readonly connection: Database) {}

  all(sql: string, values: readonly string[], done: Done): void {
    const idle = sql.length > LONGEST ? null : this.#idle.get(sql)
    if (!idle) {
      if (idle === undefined) this.#idle.set(sql, [])
      this.connection.all(sql, values, done)
      return
    }
    const kept = idle.pop()
    if (kept) return this.#run(kept, { sql, idle, values, done })
    const made = this.connection.prepare(sql, (error: Error | null) => {
      if (error) done(error, null)
      else this.#run(made, { sql, idle, values, done })
    })
  }

  /** To be called before the connection is closed, which fails while statements are open. */
  clear(): void {
    this.#idle.clear()
  }

  #run(statement: Statement, { sql, idle, values, done }: Use): void {
    statement.all(values, (error: Error | null, rows: unknown) => {
      const isWanted = idle.length < MOST_OF_ONE && this.#idle.peek(sql) === idle
      if (isWanted) idle.push(statement)
      else finalize(statement)
      done(error, rows)
    })
  }
}

interface Use {
  sql: string
  idle: Statement[]
  values: readonly string[]
  done: Done
}

const finalize = (statement: Statement): void => void statement.finalize()

/**
 * Question marks for a list of values. The last value is repeated until they are a power of two, so that a few texts,
 * which are kept, serve lists of every length.
 * @param list at least one value
 */
export function listOfValues(list: readonly string[]): { sql: string; values: string[] } {
  const length = 2 ** Math.ceil(Math.log2(list.length))
  const values = Array.from({ length }, (_, at) => list[at] ?? list.at(-1) ?? '')
  return { sql: values.map(() => '?').join(), values }
}
