import { env, formatTime, readUserAgent, type Call, type Row, type SessionInfo } from '#core'
import type { User } from '../model/user'

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
