import { nextId, now, reader, type Db, type Operation } from '#core'
import { operaLogCrud } from '../crud/logs'

/** Writes one call into the operation log; with a `db`, in the transaction of the change. */
export async function record(operation: Operation, db: Db | null): Promise<void> {
  await operaLogCrud.append(db ?? reader(), [rowOf(operation)])
}

const rowOf = ({ client, changes, ...operation }: Operation) => ({
  id: nextId(),
  trace_id: operation.trace_id,
  username: operation.username,
  method: operation.method,
  title: operation.title,
  path: operation.path,
  ip: client.ip,
  user_agent: client.user_agent,
  args: operation.args,
  changes: changes && { ...changes },
  status: operation.status,
  code: operation.code,
  msg: operation.msg,
  cost_time: operation.cost_time,
  opera_time: operation.opera_time,
  created_time: now(),
})
