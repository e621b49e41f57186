import { enqueue, nextId, notFound, nothingChanged, reader, type Call, type Page, type Row } from '#core'
import { loginLogCrud, operaLogCrud } from '../crud/logs'
import type { LoginLog, OperaLog } from '../model/logs'
import type { LogList } from '../schema/log'
import { clearLog, type LOG_NAMES } from '../task/clear-log'

type LogName = (typeof LOG_NAMES)[number]

const LOGS = { login: loginLogCrud, opera: operaLogCrud }

export const listLogins = (call: Call, query: LogList): Promise<Page<Row<LoginLog>>> =>
  loginLogCrud.list(call.db, query, query)

export const listOperations = (call: Call, query: LogList): Promise<Page<Row<OperaLog>>> =>
  operaLogCrud.list(call.db, query, query)

/** One call with what it changed. */
export async function getOperation(call: Call, id: string): Promise<Row<OperaLog>> {
  const row = await operaLogCrud.get(call.db, id)
  if (!row) throw notFound('opera_log.not_found')
  return row
}

/** Which rows went stays in the row of the call that deleted them. */
export async function removeLogins(call: Call, pks: string[]): Promise<void> {
  if ((await loginLogCrud.strike(call.db, pks)) === 0) throw nothingChanged()
}

export async function removeOperations(call: Call, pks: string[]): Promise<void> {
  if ((await operaLogCrud.strike(call.db, pks)) === 0) throw nothingChanged()
}

/** More would hold the request, and keep what it deletes locked, for too long. */
const AT_ONCE = 5000

/**
 * Empties a log of what is in it now: a large one partly, and a task deletes the rest. The row of this very call is
 * written afterwards, so an emptied log still says who emptied it.
 */
export async function clear(call: Call, log: LogName): Promise<void> {
  const last = nextId()
  const rows = await LOGS[log].removeUpTo(call.db, last, AT_ONCE)
  const rest = rows < AT_ONCE ? null : await enqueue(call, clearLog, { log, up_to: last })
  if (rows > 0) LOGS[log].noteEmptied(call.db, { rows, ...(rest && { rest_deleted_by_task: rest }) })
}

/** Batch by batch, each on its own, so that nobody waits for them. Repeating it does no harm. */
export async function clearRest({ log, up_to }: { log: LogName; up_to: string }) {
  return { deleted: await LOGS[log].removeUpTo(reader(), up_to) }
}
