import {
  WriteBehind,
  env,
  locate,
  logger,
  nextId,
  now,
  readUserAgent,
  reader,
  redis,
  type Db,
  type Operation,
} from '#core'
import { operaLogCrud } from '../crud/logs'

/** An operation on its way through Redis: dates as text, and the id its row will have. */
type Entry = Omit<Operation, 'opera_time'> & { id: string; created_time: string; opera_time: string }

let queue: WriteBehind<Operation, Entry> | null = null

/**
 * Writes one call into the operation log. With a `db`, in the transaction of the change; without one (reads, refusals,
 * failures) it costs the call nothing and cannot fail it: the row follows about a second later.
 */
export function record(operation: Operation, db: Db | null): Promise<void> | void {
  if (env.OPERA_LOG_PATH_EXCLUDE.includes(operation.path)) return
  if (db) return operaLogCrud.append(db, [rowOf(operation, nextId(), now())])
  if (!queue) throw new Error('the operation log is not started yet')
  queue.add(operation)
}

/** Begins to store what waits in Redis. @returns what stops it, after storing the rest */
export function startOperationLog(): () => Promise<void> {
  const started = new WriteBehind<Operation, Entry>(redis(), {
    name: 'opera_log_queue',
    key: 'fba:opera_log',
    max: env.OPERA_LOG_QUEUE_MAXSIZE,
    batch: env.OPERA_LOG_QUEUE_BATCH_CONSUME_SIZE,
    everyMs: env.OPERA_LOG_QUEUE_TIMEOUT * 1000,
    prepare: entryOf,
    store: (entries) => operaLogCrud.appendOnce(reader(), entries.map(rowOfEntry)),
    log: logger,
  })
  queue = started
  started.start()
  return () => started.stop()
}

const entryOf = (operation: Operation): Entry => ({
  ...operation,
  id: nextId(),
  created_time: now().toISOString(),
  opera_time: operation.opera_time.toISOString(),
})

const rowOfEntry = ({ id, created_time, opera_time, ...entry }: Entry) =>
  rowOf({ ...entry, opera_time: new Date(opera_time) }, id, new Date(created_time))

/** Texts are cut to their columns: a log that refuses a row because of its length would hide who sent it. */
function rowOf({ client, changes, ...operation }: Operation, id: string, made: Date) {
  const { os, browser, device } = readUserAgent(client.user_agent)
  const { country, region, city } = locate(client.ip)
  return {
    id,
    trace_id: operation.trace_id.slice(0, 32),
    username: cut(operation.username, 64),
    method: operation.method.slice(0, 32),
    title: operation.title.slice(0, 256),
    path: operation.path.slice(0, 512),
    ip: client.ip.slice(0, 64),
    country: cut(country, 64),
    region: cut(region, 64),
    city: cut(city, 64),
    user_agent: cut(client.user_agent, 512),
    os: cut(os, 64),
    browser: cut(browser, 64),
    device: cut(device, 64),
    args: operation.args,
    changes,
    status: operation.status,
    code: operation.code.slice(0, 32),
    msg: operation.msg.replaceAll('\0', ''),
    cost_time: operation.cost_time,
    opera_time: operation.opera_time,
    created_time: made,
  }
}

const cut = (text: string | null, length: number) => text?.slice(0, length) ?? null
