import { nextId, now, reader, type Db, type Operation } from '#core'
import { operaLogCrud } from '../crud/logs'

/** Writes one call into the operation log; with a `db`, in the transaction of the change. */
export async function record(operation: Operation, db: Db | null): Promise<void> {
  const { client, user_id: _, changes, ...row } = operation
  await operaLogCrud.append(db ?? reader(), [
    { ...row, id: nextId(), created_time: now(), changes: changes as Record<string, unknown> | null, ip: client.ip, user_agent: client.user_agent },
  ])
}
