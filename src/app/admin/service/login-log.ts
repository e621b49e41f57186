import { randomUUID } from 'node:crypto'
import { AppError, env, locate, nextId, now, readUserAgent, t, type Call, type Db } from '#core'
import { loginLogCrud } from '../crud/logs'

/** Who tried to sign in. */
export interface Attempt {
  username: string
  /** Unknown until the user was found. */
  user_uuid: string | null
}

/** Writes a successful log-in into the log, in its transaction. */
export async function succeeded(call: Call, attempt: Attempt, msg = 'success.login.success'): Promise<void> {
  await add(call.db, call, attempt, { status: 1, msg: wordsOf(msg) })
}

/** Writes a refused log-in into the log, with the reason. `db` must not belong to the transaction that is given up. */
export async function failed(db: Db, call: Call, attempt: Attempt, error: unknown): Promise<void> {
  const msg = error instanceof AppError ? wordsOf(error.key, error.params) : wordsOf('server.error')
  await add(db, call, attempt, { status: 0, msg })
}

/** Logs are read by others than those who sign in, so they are kept in one language. */
const wordsOf = (key: string, params?: AppError['params']) => t(env.I18N_DEFAULT_LANGUAGE, key, params)

async function add(db: Db, call: Call, attempt: Attempt, outcome: { status: number; msg: string }) {
  const { ip, user_agent } = call.client
  await loginLogCrud.append(db, [
    {
      id: nextId(),
      user_uuid: attempt.user_uuid ?? randomUUID(),
      username: attempt.username,
      ip,
      user_agent,
      ...locate(ip),
      ...readUserAgent(user_agent),
      ...outcome,
      login_time: now(),
      created_time: now(),
    },
  ])
}
