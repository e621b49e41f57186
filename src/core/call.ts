import { randomBytes } from 'node:crypto'
import { env } from '../config/env'
import { unauthorized } from '../common/errors'
import type { Client, CurrentUser } from '../common/types'
import type { Db } from '../infra/db'
import { t } from '../infra/i18n'
import { logger, type Logger } from '../infra/logger'

export interface CookieOptions {
  /** Seconds; 0 deletes the cookie. */
  max_age: number
  /** Where it is sent to; default everywhere. */
  path?: string
  /** `Strict`: never sent where another site led the browser here. Default `lax`. */
  same_site?: 'lax' | 'Strict'
}

/** The parts of HTTP that a few handlers need: cookies and headers. Absent in tasks. */
export interface HttpSide {
  cookie(name: string): string | undefined
  setCookie(name: string, value: string, options: CookieOptions): void
  header(name: string): string
  readonly method: string
  readonly path: string
}

type AfterCommit = () => void | Promise<void>
/** @param again the work was given up for another's sake, and is about to be done anew by a call of its own */
type AfterRollback = (again: boolean) => void | Promise<void>

export interface CallParts {
  id: string
  user: CurrentUser | null
  db: Db
  language: string
  client: Client
  log: Logger
  http?: HttpSide
  /** Told who a stranger turns out to be, or says he is. */
  named?: (username: string) => void
  /** Id of the result of the task that runs. */
  task_id?: string
}

/** Who is acting, in which transaction, in which language, with which logger. First argument of every service. */
export class Call {
  readonly #afterCommit: AfterCommit[] = []
  readonly #afterRollback: AfterRollback[] = []
  readonly #stale = new Set<string>()

  /** Request id: 32 hex digits. */
  readonly id: string
  readonly user: CurrentUser | null
  readonly db: Db
  readonly language: string
  readonly client: Client
  readonly log: Logger
  readonly http: HttpSide | undefined
  readonly #named: ((username: string) => void) | undefined
  /** Id of the result of the task whose run this is; null outside of tasks. */
  readonly task_id: string | null

  constructor(parts: CallParts) {
    this.id = parts.id
    this.user = parts.user
    this.db = parts.db
    this.language = parts.language
    this.client = parts.client
    this.log = parts.log
    this.http = parts.http
    this.#named = parts.named
    this.task_id = parts.task_id ?? null
  }

  /** The acting user. @throws 401 for a stranger */
  get me(): CurrentUser {
    if (!this.user) throw unauthorized('auth.not_authenticated')
    return this.user
  }

  /** Says whose call this is where nobody is signed in yet: the operation log keeps the name, proved or not. */
  isOf(username: string): void {
    this.#named?.(username)
  }

  /** Runs once the transaction is committed, in order; never when it is rolled back. A failure is only logged. */
  afterCommit(run: AfterCommit): void {
    this.#afterCommit.push(run)
  }

  /**
   * Runs once the transaction is rolled back: undoes what was done outside the database, or keeps what must be kept
   * although nothing was changed.
   */
  afterRollback(run: AfterRollback): void {
    this.#mustBeInTransaction('afterRollback')
    this.#afterRollback.push(run)
  }

  /** Says that what is cached under these epochs is about to change: `rights` for everybody, `user:<id>` for one. */
  outdates(...epochs: string[]): void {
    this.#mustBeInTransaction('outdates')
    for (const epoch of epochs) this.#stale.add(epoch)
  }

  /** Outside of one, nobody would ever look at it: stale rights would stay in force unseen. */
  #mustBeInTransaction(what: string): void {
    if (!this.db.transaction) throw new Error(`call.${what}() has a meaning only inside a transaction`)
  }

  get outdated(): string[] {
    return [...this.#stale]
  }

  /** Words for the caller. */
  t(key: string, params?: Record<string, string | number>): string {
    return t(this.language, key, params)
  }

  /** Called by the owner of the transaction, once. */
  committed(): Promise<void> {
    return this.#runAll(this.#afterCommit, 'work after the commit failed')
  }

  /** Called by the owner of the transaction instead of `committed`. */
  rolledBack(again: boolean): Promise<void> {
    const work = this.#afterRollback.splice(0).map((run) => () => run(again))
    return this.#runAll(work, 'work after the rollback failed')
  }

  async #runAll(work: AfterCommit[], complaint: string): Promise<void> {
    for (const run of work.splice(0)) {
      try {
        await run()
      } catch (err) {
        this.log.error(complaint, { err })
      }
    }
  }
}

/** A call made by Steward itself: start-up, command line, schedules. */
export const systemCall = (db: Db, language = env.I18N_DEFAULT_LANGUAGE): Call =>
  new Call({
    id: randomBytes(16).toString('hex'),
    user: null,
    db,
    language,
    client: { ip: '127.0.0.1', user_agent: null },
    log: logger,
  })
