import {
  endSession,
  env,
  forbidden,
  formatTime,
  listSessions,
  listSessionsOf,
  notFound,
  readUserAgent,
  type Call,
  type ListedSession,
  type Row,
  type SessionInfo,
} from '#core'
import type { User } from '../model/user'
import type { SessionList } from '../schema/session'

/** What the session list shows of a session that this call opens or renews. */
export function infoOf(call: Call, user: Row<User>): SessionInfo {
  const { ip, user_agent } = call.client
  const login = user.last_login_time && formatTime(user.last_login_time, env.DATETIME_TIMEZONE)
  return {
    username: user.username,
    nickname: user.nickname,
    last_login_time: login ?? '',
    ip,
    ...readUserAgent(user_agent),
  }
}

const seesAll = ({ me }: Call) => me.is_superuser && me.is_staff

/** Live sessions, the latest first: all of them for a super user, his own for everybody else. */
export async function list(call: Call, { username }: SessionList) {
  const sessions = seesAll(call) ? await listSessions() : await listSessionsOf(call.me.id)
  return sessions
    .filter(({ info }) => username === undefined || info === null || info.username === username)
    .map(shown)
}

/** The acting user's own sessions, the latest first. */
export async function listOwn(call: Call) {
  const sessions = await listSessionsOf(call.me.id)
  return sessions.map((session) => ({ ...shown(session), is_current: session.family === call.me.family }))
}

/**
 * Ends a session: its tokens, its place in the list and its open sockets. An unknown one counts as ended.
 * @throws 403 for somebody else's, unless the caller is a super user
 */
export async function end(call: Call, userId: string, session: string): Promise<void> {
  if (userId !== call.me.id && !seesAll(call)) throw forbidden('auth.permission_denied')
  await endSession(userId, session)
}

/** @throws 404 when the acting user has no such session */
export async function endOwn(call: Call, session: string): Promise<void> {
  if (!(await endSession(call.me.id, session))) throw notFound('session.not_found')
}

const UNKNOWN = '未知'

const shown = ({ user_id, session_uuid, info, is_online, expires }: ListedSession) => ({
  id: user_id,
  session_uuid,
  username: info?.username ?? UNKNOWN,
  nickname: info?.nickname ?? UNKNOWN,
  ip: info?.ip ?? UNKNOWN,
  os: info?.os ?? UNKNOWN,
  browser: info?.browser ?? UNKNOWN,
  device: info?.device ?? UNKNOWN,
  status: is_online ? 1 : 0,
  last_login_time: info?.last_login_time ?? UNKNOWN,
  expire_time: expires,
})
