import { randomUUID } from 'node:crypto'
import { env } from '../config/env'
import { forbidden, unauthorized } from '../common/errors'
import { epochKeys, parseEpochs, type EpochState } from '../infra/epoch'
import { readTogether } from '../infra/read-together'
import { redis } from '../infra/redis'
import { announceEnded } from './session-end'
import type { SessionInfo } from './session-info'
import { EVERYBODY, keysOf } from './session-key'
import { putSession, removeSessions, rotateSession, type SessionParts } from './session-script'
import { signToken, verifyToken } from './token'

export interface NewSession {
  user_id: string
  info: SessionInfo
  /** false: a session that ends with its access token. Default true. */
  renewable?: boolean
  /** Ends all other sessions of the user, in the same step. Default false. */
  alone?: boolean
}

export interface OpenedSession {
  session_uuid: string
  family: string
  access_token: string
  access_expires: Date
  /** null where the session is not renewable. */
  refresh_token: string | null
}

/**
 * Opens a session. It is good for as long as Redis knows it.
 *
 * Call it inside the transaction, once the user's row is locked: who changes a password or disables a user locks the
 * row too and then ends the sessions, so none can slip in between.
 */
export async function openSession({ user_id, info, renewable = true, alone = false }: NewSession) {
  const { opened, parts } = newSession(user_id, randomUUID(), info, renewable)
  // Where nobody ever looks at the list of all sessions, it must not grow for ever.
  await redis().zremrangebyscore(EVERYBODY, '-inf', Date.now())
  await redis().zadd(EVERYBODY, opened.access_expires.getTime(), `${user_id}:${opened.family}`)
  const ended = await putSession(user_id, parts, alone)
  if (ended.length > 0) await announceEnded(user_id, ended)
  return opened
}

function newSession(userId: string, family: string, info: SessionInfo, renewable: boolean) {
  const name = { user_id: userId, session_uuid: randomUUID(), family }
  const access = signToken('access', name, env.TOKEN_EXPIRE_SECONDS)
  const refresh = renewable ? signToken('refresh', name, env.TOKEN_REFRESH_EXPIRE_SECONDS).token : null
  const opened: OpenedSession = {
    session_uuid: name.session_uuid,
    family,
    access_token: access.token,
    access_expires: access.expires,
    refresh_token: refresh,
  }
  const parts: SessionParts = {
    family,
    session_uuid: name.session_uuid,
    access_token: access.token,
    access_seconds: env.TOKEN_EXPIRE_SECONDS,
    info: JSON.stringify(info),
    refresh_token: refresh,
    refresh_seconds: env.TOKEN_REFRESH_EXPIRE_SECONDS,
  }
  return { opened, parts }
}

export interface ReadSession {
  user_id: string
  session_uuid: string
  family: string
  /** State of the epochs `rights` and `user:<id>`, read in the same round trip. */
  epochs: EpochState
}

/** The session behind an access token. @throws 401 when the token is broken, expired, revoked or replaced */
export async function readSession(token: string): Promise<ReadSession> {
  const { user_id, session_uuid, family } = verifyToken(token, 'access')
  const keys = [keysOf(user_id).access + session_uuid, ...epochKeys(['rights', `user:${user_id}`])]
  const [known, ...epochs] = await readTogether(redis(), keys)
  if (known === null || known === undefined) throw unauthorized('auth.token_expired')
  if (known !== token) throw unauthorized('auth.token_replaced')
  return { user_id, session_uuid, family, epochs: parseEpochs(epochs) }
}

/** What a refresh token says, whether or not it was used already. @throws 401 when it is broken or expired */
export const readRefreshToken = (token: string) => verifyToken(token, 'refresh')

export interface Renewal {
  /** What the list shows from now on. */
  info: SessionInfo
  /** The user may have one session only. */
  alone: boolean
}

/**
 * Exchanges a refresh token for new tokens under a new session name. A refresh token works once.
 *
 * Tabs of one browser hold the same cookie and refresh at the same moment. So within TOKEN_REFRESH_GRACE_SECONDS the
 * token that was replaced last gets the very tokens that replaced it. That gives a thief nothing new: two who hold the
 * same pair are told apart at the next refresh, when the second one shows a used token. A used token outside the grace
 * ends the whole family, because nobody can say who of the two is the owner.
 *
 * @param token a refresh token that `verifyToken` accepts
 * @throws 401 `auth.refresh_expired`, 403 `login.elsewhere`
 */
export async function refreshSession(token: string, { info, alone }: Renewal): Promise<OpenedSession> {
  const { user_id, session_uuid, family } = verifyToken(token, 'refresh')
  const { opened, parts } = newSession(user_id, family, info, true)
  const grace = env.TOKEN_REFRESH_GRACE_SECONDS * 1000
  const asked = { user_id, session_uuid, refresh_token: token, alone, grace_ms: grace }
  const rotation = await rotateSession(asked, parts)
  switch (rotation.outcome) {
    case 'rotated':
      await redis().zadd(EVERYBODY, opened.access_expires.getTime(), `${user_id}:${family}`)
      return opened
    case 'twin':
      return { ...rotation, family, access_expires: verifyToken(rotation.access_token, 'access').expires }
    case 'elsewhere':
      throw forbidden('login.elsewhere')
    case 'reused':
      await announceEnded(user_id, [family])
      throw unauthorized('auth.refresh_expired')
    case 'gone':
      throw unauthorized('auth.refresh_expired')
  }
}

/** Whether a log-in goes on: it was not ended, and can still be renewed, or its access token is still good. */
export async function isSessionOpen(userId: string, family: string): Promise<boolean> {
  return (await openAmong([{ user_id: userId, family }])).has(family)
}

/** Which of these log-ins go on, asked in one round trip. @returns their families */
export async function openAmong(logins: { user_id: string; family: string }[]): Promise<Set<string>> {
  const found = await Promise.all(
    logins.map(({ user_id, family }) => redis().exists(keysOf(user_id).family + family)),
  )
  return new Set(logins.filter((_, at) => found[at] === 1).map(({ family }) => family))
}

/**
 * Ends one session: access, refresh and what the list shows.
 * @param session its name, the name it had before its last refresh, or its family
 * @returns whether there was one
 */
export async function endSession(userId: string, session: string): Promise<boolean> {
  const ended = await removeSessions(userId, 'only', session)
  await announceEnded(userId, ended)
  return ended.length > 0
}

/**
 * Ends all sessions of exactly this user. Call it inside the transaction that changes the user's row: sessions that
 * end although the change then fails do no harm, sessions that outlive it would.
 * @param options.except name or family of the one session that stays
 * @returns how many there were
 */
export async function endSessionsOf(userId: string, options: { except?: string } = {}): Promise<number> {
  const ended = await removeSessions(userId, 'except', options.except ?? '')
  await announceEnded(userId, ended)
  return ended.length
}
