import {
  AppError,
  badRequest,
  clearFailures,
  endSession,
  env,
  forbidden,
  notFound,
  reader,
  readRefreshToken,
  readSession,
  refreshSession,
  type Call,
  type OpenedSession,
  type Row,
} from '#core'
import { menuCrud } from '../crud/menu'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { Login, SwaggerLogin } from '../schema/auth'
import * as captcha from './captcha'
import * as credential from './credential'
import * as loginLog from './login-log'
import { giveCookie, openFor, tokenOf } from './opened-session'
import { infoOf } from './session'

/** Everything about a log-in that takes time; refusals are written into the log-in log. */
export async function check(call: Call, input: Login): Promise<credential.Verified> {
  const attempt = { username: input.username, user_uuid: null }
  return logged(call, attempt, async () => {
    const giveBack = await captcha.consume(input)
    try {
      return await credential.check(call, input, attempt)
    } catch (error) {
      // The password was right and the code is still to come: no second captcha for that.
      if (error instanceof AppError && error.key === 'mfa.required') await giveBack()
      throw error
    }
  })
}

/** The same for the API page, which has no captcha. */
export async function checkForDocs(call: Call, input: SwaggerLogin): Promise<credential.Verified> {
  const attempt = { username: input.username, user_uuid: null }
  return logged(call, attempt, () => credential.check(call, input, attempt))
}

async function logged<T>(call: Call, attempt: loginLog.Attempt, work: () => Promise<T>): Promise<T> {
  call.isOf(attempt.username)
  try {
    return await work()
  } catch (error) {
    await loginLog.failed(reader(), call, attempt, error)
    throw error
  }
}

/** Opens the session of a user whose credentials were checked. */
export async function login(call: Call, verified: credential.Verified) {
  const user = await enter(call, verified)
  const session = await openFor(call, user, { info: infoOf(call, user), renewable: true })
  giveCookie(call, session)
  return { ...tokenOf(session), password_expire_days_remaining: verified.days_left, user }
}

/** A session for the API page: it cannot be renewed and is not shown. */
export async function loginForDocs(call: Call, verified: credential.Verified) {
  const user = await enter(call, verified)
  const { access_token } = await openFor(call, user, { info: { swagger: true }, renewable: false })
  return { access_token, token_type: 'Bearer' as const, user }
}

/**
 * Notes the log-in in the user's row, which locks it until the commit, and makes sure that nothing has changed since
 * the credentials were checked: who changes the password waits for the lock and then ends this session too.
 */
async function enter(call: Call, verified: credential.Verified): Promise<Row<User>> {
  const attempt = { username: verified.user.username, user_uuid: verified.user.uuid }
  let reason: unknown = null
  call.afterRollback((again) => (again ? undefined : loginLog.failed(reader(), call, attempt, reason)))
  try {
    const user = await credential.confirm(call.db, verified)
    await clearFailures(user.id)
    await loginLog.succeeded(call, attempt)
    return user
  } catch (error) {
    reason = error
    throw error
  }
}

/** Exchanges the refresh cookie for new tokens. It works once, so this must not be repeated with a transaction. */
export async function renew(call: Call): Promise<OpenedSession> {
  const cookie = call.http?.cookie(env.COOKIE_REFRESH_TOKEN_KEY)
  if (!cookie) throw badRequest('auth.refresh_expired')
  const { user_id } = readRefreshToken(cookie)
  const user = await userCrud.get(call.db, user_id)
  if (!user) throw notFound('user.not_found')
  call.isOf(user.username)
  if (user.status === 0) throw forbidden('login.user_disabled')
  return refreshSession(cookie, { info: infoOf(call, user), alone: !user.is_multi_login })
}

/** Hands the tokens of a renewed session out. */
export function giveTokens(call: Call, session: OpenedSession) {
  giveCookie(call, session)
  return tokenOf(session)
}

/** Ends the session of the bearer token, and that of the cookie. Whoever has neither is logged out already. */
export async function logout(call: Call): Promise<void> {
  const bearer = /^bearer +(\S+)$/i.exec(call.http?.header('Authorization') ?? '')?.[1]
  const cookie = call.http?.cookie(env.COOKIE_REFRESH_TOKEN_KEY)
  const sessions = [
    bearer && (await unlessRefused(() => readSession(bearer))),
    cookie && (await unlessRefused(() => readRefreshToken(cookie))),
  ]
  for (const session of sessions) {
    if (!session) continue
    const user = await userCrud.get(call.db, session.user_id)
    if (user) call.isOf(user.username)
    await endSession(session.user_id, session.family)
  }
  call.http?.setCookie(env.COOKIE_REFRESH_TOKEN_KEY, '', { max_age: 0 })
}

async function unlessRefused<T>(read: () => Promise<T> | T): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AppError && error.status === 401) return null
    throw error
  }
}

/** Permission codes of the acting user; a super user has all there are. */
export async function codes(call: Call): Promise<string[]> {
  if (!call.me.is_superuser) return [...call.me.rights.codes]
  const menus = await menuCrud.find(call.db, { where: { status: 1 }, columns: ['perms'] })
  return [...new Set(menus.flatMap((menu) => menu.perms?.split(',') ?? []))].filter((code) => code !== '')
}
