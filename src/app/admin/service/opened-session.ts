import {
  endSession,
  env,
  openSession,
  type Call,
  type OpenedSession,
  type Row,
  type SessionInfo,
} from '#core'
import type { User } from '../model/user'

/** What every kind of log-in does once it is known who the user is. */

/** Opens the session of a user whose row is locked. One whose log-in was not committed is nobody's. */
export async function openFor(
  call: Call,
  user: Row<User>,
  session: { info: SessionInfo; renewable: boolean },
): Promise<OpenedSession> {
  const opened = await openSession({ ...session, user_id: user.id, alone: !user.is_multi_login })
  call.afterRollback(async () => void (await endSession(user.id, opened.family)))
  return opened
}

export const tokenOf = (session: OpenedSession) => ({
  access_token: session.access_token,
  access_token_expire_time: session.access_expires,
  session_uuid: session.session_uuid,
})

/** After the commit: an answer that says no must not bring a cookie. */
export function giveCookie(call: Call, { refresh_token }: OpenedSession): void {
  if (refresh_token === null) return
  const life = { max_age: env.COOKIE_REFRESH_TOKEN_EXPIRE_SECONDS }
  call.afterCommit(() => call.http?.setCookie(env.COOKIE_REFRESH_TOKEN_KEY, refresh_token, life))
}
