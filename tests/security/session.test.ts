import { randomUUID } from 'node:crypto'
import { env } from '../../src/config/env'
import { AppError } from '../../src/common/errors'
import { closeRedis, redis } from '../../src/infra/redis'
import {
  endSession,
  endSessionsOf,
  openSession,
  readSession,
  refreshSession,
  type NewSession,
  type OpenedSession,
} from '../../src/security/session'
import { isOnline, markOffline, markOnline } from '../../src/security/online'
import { watchEndedSessions } from '../../src/security/session-end'
import { listSessions, listSessionsOf } from '../../src/security/session-list'
import { initTokens, signToken } from '../../src/security/token'
import { openTestRedis, until } from '../support/redis'

beforeAll(async () => {
  initTokens('a-secret-that-is-long-enough-for-hs256')
  await openTestRedis()
})
afterAll(() => closeRedis())

let users = 0
const someUser = () => `${Date.now()}${(users += 1)}`

const info = {
  username: 'ada',
  nickname: 'Ada',
  last_login_time: '2026-11-21 09:30:00',
  ip: '10.0.0.1',
  os: 'Windows 10',
  browser: 'Chrome 126.0.0',
  device: 'PC',
}
const renewal = { info, alone: false }

const open = (user_id: string, more: Partial<NewSession> = {}) => openSession({ user_id, info, ...more })

const refreshTokenOf = (session: OpenedSession): string => {
  if (session.refresh_token === null) throw new Error('this session cannot be renewed')
  return session.refresh_token
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof AppError ? `${error.status} ${error.key}` : String(error)
}

const isAlive = async (session: OpenedSession) =>
  (await refusal(readSession(session.access_token))) === 'null'

const keysLeft = async (user: string, session: OpenedSession) =>
  redis().exists(
    `fba:token:${user}:${session.session_uuid}`,
    `fba:token_extra_info:${user}:${session.session_uuid}`,
    `fba:refresh_token:${user}:${session.session_uuid}`,
  )

/** As if the last refresh were so many seconds ago. */
async function age(user: string, session: OpenedSession, seconds: number): Promise<void> {
  const key = `fba:session:${user}:${session.family}`
  await redis().hset(key, 'rotated', Number(await redis().hget(key, 'rotated')) - seconds * 1000)
}

describe('open', () => {
  it('keeps the tokens under the keys of the contract, each with its end', async () => {
    const user = someUser()
    const session = await open(user)

    const name = `${user}:${session.session_uuid}`
    expect(await redis().get(`fba:token:${name}`)).toBe(session.access_token)
    expect(await redis().get(`fba:refresh_token:${name}`)).toBe(session.refresh_token)
    expect(JSON.parse((await redis().get(`fba:token_extra_info:${name}`)) ?? '')).toEqual(info)
    const ends = await Promise.all(
      ['token', 'token_extra_info', 'refresh_token'].map((key) => redis().ttl(`fba:${key}:${name}`)),
    )
    // A busy machine may look a few seconds later.
    expect(ends).toEqual([86400, 86400, 604800].map((seconds) => expect.closeTo(seconds, -1)))
    for (const key of [`fba:session:${user}:${session.family}`, `fba:sessions:${user}`])
      expect(await redis().ttl(key)).toBeCloseTo(604800, -1)
  })

  it('ends all others of a user who may have one only, and nobody else', async () => {
    const user = someUser()
    const earlier = await open(user)
    const neighbour = await open(`${user}1`)

    const latest = await open(user, { alone: true })

    expect([await isAlive(earlier), await isAlive(latest), await isAlive(neighbour)]).toEqual([
      false,
      true,
      true,
    ])
    expect(await keysLeft(user, earlier)).toBe(0)
  })
})

describe('read', () => {
  it('refuses a refresh token, a token that Redis does not know, and one that was replaced', async () => {
    const user = someUser()
    const session = await open(user)
    const stray = signToken('access', { user_id: user, session_uuid: randomUUID() }, 60).token
    const replaced = signToken('access', { user_id: user, session_uuid: session.session_uuid }, 60).token

    expect(await refusal(readSession(refreshTokenOf(session)))).toBe('401 auth.token_invalid')
    expect(await refusal(readSession(stray))).toBe('401 auth.token_expired')
    expect(await refusal(readSession(replaced))).toBe('401 auth.token_replaced')
  })
})

describe('refresh', () => {
  it('puts a session with a new name in the place of the old one', async () => {
    const user = someUser()
    const first = await open(user)

    const second = await refreshSession(refreshTokenOf(first), renewal)

    expect(second.session_uuid).not.toBe(first.session_uuid)
    expect(second.family).toBe(first.family)
    expect(await keysLeft(user, first)).toBe(0)
    expect(await keysLeft(user, second)).toBe(3)
    expect(await isAlive(second)).toBe(true)
  })

  it('gives ten parallel calls with the same token the same session', async () => {
    const first = await open(someUser())

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refreshSession(refreshTokenOf(first), renewal)),
    )

    expect(new Set(answers.map((answer) => answer.access_token)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1)
    expect(await isAlive(answers[0] ?? first)).toBe(true)
  })

  it('ends the whole family when a used token is shown after the grace', async () => {
    const user = someUser()
    const first = await open(user)
    const second = await refreshSession(refreshTokenOf(first), renewal)
    await age(user, first, env.TOKEN_REFRESH_GRACE_SECONDS)

    expect(await refusal(refreshSession(refreshTokenOf(first), renewal))).toBe('401 auth.refresh_expired')

    expect(await isAlive(second)).toBe(false)
    expect(await refusal(refreshSession(refreshTokenOf(second), renewal))).toBe('401 auth.refresh_expired')
  })

  it('ends the whole family when a token from before the last refresh is shown, grace or not', async () => {
    const first = await open(someUser())
    const second = await refreshSession(refreshTokenOf(first), renewal)
    const third = await refreshSession(refreshTokenOf(second), renewal)

    expect(await refusal(refreshSession(refreshTokenOf(first), renewal))).toBe('401 auth.refresh_expired')

    expect(await isAlive(third)).toBe(false)
  })

  it('leaves other log-ins of the user alone when a used token is shown', async () => {
    const user = someUser()
    const other = await open(user)
    const first = await open(user)
    await refreshSession(refreshTokenOf(first), renewal)
    await age(user, first, 60)

    await refusal(refreshSession(refreshTokenOf(first), renewal))

    expect(await isAlive(other)).toBe(true)
  })

  it('refuses an access token, and a refresh token whose key is gone', async () => {
    const user = someUser()
    const session = await open(user)

    expect(await refusal(refreshSession(session.access_token, renewal))).toBe('401 auth.token_invalid')
    await redis().del(`fba:refresh_token:${user}:${session.session_uuid}`)
    expect(await refusal(refreshSession(refreshTokenOf(session), renewal))).toBe('401 auth.refresh_expired')
  })

  it('tells a user who may have one session only that he is signed in elsewhere', async () => {
    const user = someUser()
    const here = await open(user)
    await open(user, { alone: true })

    const answer = await refusal(refreshSession(refreshTokenOf(here), { info, alone: true }))

    expect(answer).toBe('403 login.elsewhere')
  })
})

describe('end', () => {
  it('ends one session with everything that belongs to it', async () => {
    const user = someUser()
    const [session, other] = [await open(user), await open(user)]
    await markOnline(session.family, 'socket')

    expect(await endSession(user, session.session_uuid)).toBe(true)

    expect(await keysLeft(user, session)).toBe(0)
    expect(await isOnline(session.family)).toBe(false)
    expect(await refusal(refreshSession(refreshTokenOf(session), renewal))).toBe('401 auth.refresh_expired')
    expect(await isAlive(other)).toBe(true)
    expect(await endSession(user, session.session_uuid)).toBe(false)
  })

  it('finds a session by the name it had before it was refreshed', async () => {
    const user = someUser()
    const first = await open(user)
    const second = await refreshSession(refreshTokenOf(first), renewal)

    await endSession(user, first.session_uuid)

    expect(await isAlive(second)).toBe(false)
  })

  it('ends all sessions of exactly one user, but the one that stays', async () => {
    const user = someUser()
    const mine = [await open(user), await open(user), await open(user)] as const
    const namesake = await open(`${user}0`)

    expect(await endSessionsOf(user, { except: mine[1].session_uuid })).toBe(2)

    expect(await Promise.all([...mine, namesake].map(isAlive))).toEqual([false, true, false, true])
    expect(await endSessionsOf(user)).toBe(1)
    expect(await isAlive(mine[1])).toBe(false)
  })

  it('leaves no session of a user who refreshes and signs in at the same moment', async () => {
    const user = someUser()
    const sessions = await Promise.all(Array.from({ length: 20 }, () => open(user)))

    const refreshed = sessions.map((session) => refreshSession(refreshTokenOf(session), renewal))
    const ending = endSessionsOf(user)
    await Promise.all([ending, Promise.allSettled(refreshed)])

    expect(await redis().keys(`fba:*:${user}:*`)).toEqual([])
  })

  it('is heard by whoever watches', async () => {
    const user = someUser()
    const session = await open(user)
    const heard: string[] = []
    const stop = await watchEndedSessions(({ families }) => heard.push(...families))

    await endSession(user, session.session_uuid)

    await until('the end is heard', () => heard.includes(session.family))
    stop()
  })
})

describe('list', () => {
  it('shows sessions with what is known of them, the latest first, without those of the API page', async () => {
    const user = someUser()
    const first = await open(user)
    await new Promise((resolve) => setTimeout(resolve, 5)) // of two in one millisecond neither is the latest
    const second = await open(user)
    await open(user, { info: { swagger: true }, renewable: false })
    await markOnline(first.family, 'socket')

    const listed = (await listSessions()).filter((session) => session.user_id === user)

    expect(listed.map((session) => session.session_uuid)).toEqual([second.session_uuid, first.session_uuid])
    expect(listed[1]).toMatchObject({ info, is_online: true, expires: first.access_expires })
    expect(await listSessionsOf(user)).toEqual(listed)
  })

  it('shows a refreshed session once, online if it was, and no session that is gone', async () => {
    const user = someUser()
    const first = await open(user)
    const lost = await open(user)
    await markOnline(first.family, 'socket')
    const second = await refreshSession(refreshTokenOf(first), renewal)
    await redis().del(`fba:token:${user}:${lost.session_uuid}`)

    const listed = await listSessionsOf(user)

    expect(listed).toHaveLength(1)
    expect(listed[0]).toMatchObject({ session_uuid: second.session_uuid, is_online: true })
  })
})

describe('online', () => {
  it('is who has at least one socket; those of a dead process fade', async () => {
    const family = randomUUID()
    await markOnline(family, 'a')
    await markOnline(family, 'b')
    await markOffline(family, 'a')
    expect(await isOnline(family)).toBe(true)
    expect(await redis().ttl(`fba:token_online:${family}`)).toBeCloseTo(60, -1)

    await markOffline(family, 'b')
    expect(await isOnline(family)).toBe(false)
  })
})

it('forgets expired sessions when new ones are opened, although nobody asks for the list', async () => {
  const expired = `${someUser()}:${randomUUID()}`
  await redis().zadd('fba:sessions', Date.now() - 1, expired)

  await open(someUser())

  expect(await redis().zscore('fba:sessions', expired)).toBeNull()
})
