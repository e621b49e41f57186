import { hostname, userInfo } from 'node:os'
import { record } from '../app/modules'
import { type Call, systemCall } from '../core/call'
import type { Operation } from '../core/operation'
import { now } from '../infra/clock'
import { inTransaction } from '../infra/database'
import type { Db } from '../infra/db'
import { beginChange, type Change } from '../infra/epoch'

/**
 * Does a change in one transaction and writes it into the operation log with it, as the pipeline does for requests:
 * what was done on the command line must be found where everything else is found.
 * @param title the command, without names and secrets
 * @param args what it was given, without secrets
 */
export async function asOperation<T>(
  title: string,
  args: Record<string, unknown>,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const changing: Change[] = []
  const calls: Call[] = []
  const started = { time: now(), at: performance.now() }
  const attempt = async (db: Db): Promise<T> => {
    const call = systemCall(db)
    calls.push(call)
    const result = await work(call)
    await record(operationOf(call, title, args, started), db)
    if (call.outdated.length > 0) changing.push(await beginChange(call.outdated))
    return result
  }
  const result = await inTransaction(attempt).finally(() =>
    Promise.all(changing.map((change) => change.done())),
  )
  await calls.at(-1)?.committed()
  return result
}

function operationOf(
  call: Call,
  title: string,
  args: Record<string, unknown>,
  started: { time: Date; at: number },
): Operation {
  return {
    trace_id: call.id,
    user_id: null,
    username: null,
    method: 'CLI',
    title,
    path: `steward ${title}`,
    client: call.client,
    args: { ...args, os_user: nameOfOsUser(), machine: hostname() },
    changes: call.db.changes.toJSON(),
    status: 1,
    code: '200',
    msg: 'Success',
    cost_time: Math.round((performance.now() - started.at) * 1000) / 1000,
    opera_time: started.time,
  }
}

/** A container may run under a number that has no name. */
function nameOfOsUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
