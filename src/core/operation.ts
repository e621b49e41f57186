import type { ChangeLog } from '../common/changes'
import type { Client } from '../common/types'
import type { Db } from '../infra/db'
import type { AnyRoute } from './route'

/** One finished call, ready for the operation log. */
export interface Operation {
  trace_id: string
  user_id: string | null
  username: string | null
  method: string
  /** Title of the route; empty where no route matched. */
  title: string
  /** As received, without the query. */
  path: string
  client: Client
  /** Input as received, secrets masked, bounded; null where there was none. */
  args: Record<string, unknown> | null
  changes: ReturnType<ChangeLog['toJSON']>
  /** 1 normal, 0 error */
  status: 0 | 1
  /** Code of the envelope as text. */
  code: string
  msg: string
  /** Milliseconds. */
  cost_time: number
  opera_time: Date
}

/**
 * Writes an operation down. With a `db` in the transaction of the change; without one (reads, refusals, failures)
 * it may be batched, and must not fail the call.
 */
export type RecordOperation = (operation: Operation, db: Db | null) => Promise<void> | void

export const isLogged = (route: AnyRoute | null): boolean => route?.log !== 'none'
