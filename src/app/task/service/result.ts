import { notFound, nothingChanged, redact, type Call, type Page } from '#core'
import { resultCrud, type ResultRow } from '../crud/result'
import type { TaskResultDetail, TaskResultList } from '../schema/task'

/** One result. @throws 404 */
export async function get(call: Call, id: string): Promise<TaskResultDetail> {
  const row = await resultCrud.get(call.db, id)
  if (!row) throw notFound('task_result.not_found')
  return detailOf(row)
}

export async function list(call: Call, query: TaskResultList): Promise<Page<TaskResultDetail>> {
  const { items, total } = await resultCrud.list(call.db, query, query)
  return { items: items.map(detailOf), total }
}

/** Finished ones only: the row of a task that still has to run is the task. */
export async function remove(call: Call, pks: string[]): Promise<void> {
  if ((await resultCrud.strike(call.db, pks)) === 0) throw nothingChanged()
}

/** What was stored as JSON text, read again; secrets are masked, since every user may look. */
function detailOf(row: ResultRow): TaskResultDetail {
  const { status, result, args, kwargs, ...rest } = row
  return {
    ...rest,
    status: stateOf(status),
    result: shown(result),
    args: shown(args),
    kwargs: shown(kwargs),
  }
}

const STATES = ['PENDING', 'RECEIVED', 'STARTED', 'SUCCESS', 'FAILURE', 'RETRY', 'REVOKED'] as const

const stateOf = (text: string) => STATES.find((state) => state === text) ?? 'PENDING'

const shown = (json: string | null): unknown => (json === null ? null : redact(JSON.parse(json)))
