import { notFound, nothingChanged, type Call, type Page, type Row } from '#core'
import { loginLogCrud, operaLogCrud } from '../crud/logs'
import type { LoginLog, OperaLog } from '../model/logs'
import type { LogList } from '../schema/log'

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

export async function clearLogins(call: Call): Promise<void> {
  await loginLogCrud.clear(call.db)
}

/** The row of this very call is written afterwards, so an emptied log still says who emptied it. */
export async function clearOperations(call: Call): Promise<void> {
  await operaLogCrud.clear(call.db)
}
