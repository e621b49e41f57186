/** One changed row, for the operation log. */
export interface Change {
  table: string
  id: string
  action: 'create' | 'update' | 'delete'
  /** Only the columns that changed for an update; secrets are masked. */
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** A bulk change must not write a log row of unbounded size. */
const MAX_KEPT = 100

/** Collects what a transaction changed. */
export class ChangeLog {
  readonly #kept: Change[] = []
  #count = 0

  add(change: Change): void {
    this.#count += 1
    if (this.#kept.length < MAX_KEPT) this.#kept.push(change)
  }

  get count(): number {
    return this.#count
  }

  /** For the `changes` column: the first hundred rows and how many there were. Null when nothing changed. */
  toJSON(): { count: number; rows: Change[] } | null {
    return this.#count === 0 ? null : { count: this.#count, rows: this.#kept }
  }
}
