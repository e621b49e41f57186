import jwt from 'jsonwebtoken'
import { env } from '../../../../src/config/env'
import { now, setClock } from '../../../../src/infra/clock'
import { reader } from '../../../../src/infra/database'
import { redis } from '../../../../src/infra/redis'
import { loginLogCrud, operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { userCrud } from '../../../../src/app/admin/crud/user'
import {
  Client,
  PASSWORD,
  baseUrl,
  buildMenu,
  buildUser,
  signIn,
  signInAdmin,
  stranger,
  unique,
  useApp,
  type Answer,
} from '#testing'

useApp()

afterEach(() => setClock())

const WRONG = 'not-the-password-1'
const BCRYPT = '$2b$04$0LKlJgHY8xGV0NkNGeU5e.QbBMG/TkXTZ47oh5WJPzDZUdyHZgiq2'

const login = (username: string, password = PASSWORD, more: object = {}) =>
  stranger().post('/auth/login', { username, password, ...more })

const cookieOf = (answer: Answer) => answer.headers.getSetCookie()[0] ?? ''
const refresh = (cookie: string) =>
  stranger().post('/auth/refresh', undefined, { headers: { Cookie: cookie.split(';')[0] ?? '' } })
const as = (answer: Answer) => new Client(baseUrl(), answer.data.access_token)
const works = async (answer: Answer) => (await as(answer).get('/auth/codes')).status

const triesOf = async (username: string) =>
  (await loginLogCrud.find(reader(), { where: { username }, order: [['id', 'ASC']] })).map(
    ({ status, msg, user_uuid }) => ({ status, msg, user_uuid }),
  )

describe('log in', () => {
  it('answers with a token, its end, the session and the user', async () => {
    const user = await buildUser({ nickname: 'Ada' })

    const answer = await login(user.username)

    expect(answer).toSucceed()
    expect(Object.keys(answer.data).sort()).toEqual([
      'access_token',
      'access_token_expire_time',
      'password_expire_days_remaining',
      'session_uuid',
      'user',
    ])
    expect(answer.data).toMatchObject({
      session_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      access_token_expire_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      password_expire_days_remaining: null,
      user: { id: user.id, username: user.username, nickname: 'Ada' },
    })
    expect(JSON.stringify(answer.body)).not.toContain('argon2')
    expect(await works(answer)).toBe(200)
  })

  it('sets the refresh cookie as the contract has it, without Secure over plain http', async () => {
    const user = await buildUser()

    const [value, ...attributes] = cookieOf(await login(user.username)).split('; ')

    expect(value).toMatch(/^fba_refresh_token=[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(attributes.slice(0, 4)).toEqual(['HttpOnly', 'Path=/', 'SameSite=lax', 'Max-Age=604800'])
    expect(attributes[4]).toMatch(/^Expires=.* GMT$/)
    expect(attributes).toHaveLength(5)
  })

  it('notes the time in the user row and in the log, and masks the password', async () => {
    setClock(new Date('2026-11-21T01:30:00Z'))
    const user = await buildUser()

    const answer = await login(user.username)

    expect(answer.data.user.last_login_time).toBe('2026-11-21 09:30:00')
    expect((await userCrud.get(reader(), user.id))?.last_login_time).toEqual(now())
    expect(await triesOf(user.username)).toEqual([{ status: 1, msg: '登录成功', user_uuid: user.uuid }])
    const [row] = await operaLogCrud.find(reader(), {
      where: { trace_id: answer.headers.get('x-request-id') ?? '' },
    })
    expect(row).toMatchObject({ title: 'Log in', status: 1 })
    expect(JSON.stringify(row)).not.toContain(PASSWORD)
  })

  it('says the same to an unknown name and to a wrong password, and logs both', async () => {
    const user = await buildUser()
    const nobody = unique('nobody')

    const answers = [await login(user.username, WRONG), await login(nobody, WRONG)]

    for (const answer of answers) expect(answer).toFail(403, 'login.wrong_credentials')
    expect(await triesOf(user.username)).toEqual([
      { status: 0, msg: '用户名或密码有误', user_uuid: user.uuid },
    ])
    expect(await triesOf(nobody)).toHaveLength(1)
    expect(cookieOf(answers[0] as Answer)).toBe('')
  })

  it('tells only who knows the password that a user is disabled', async () => {
    const { username } = await buildUser({ status: 0 })

    expect(await login(username, 'wrong')).toFail(403, 'login.wrong_credentials')
    expect(await login(username)).toFail(403, 'login.user_disabled')
  })

  it('refuses a user who has no password, and one who is disabled', async () => {
    const [bare, disabled] = [await buildUser({ password: null }), await buildUser({ status: 0 })]

    expect(await login(bare.username, '')).toFail(403, 'login.wrong_credentials')
    expect(await login(disabled.username)).toFail(403, 'login.user_disabled')
    expect(await triesOf(disabled.username)).toMatchObject([{ status: 0, user_uuid: disabled.uuid }])
  })

  it('stores an imported bcrypt hash anew, without changing the age of the password', async () => {
    const changed = new Date('2026-11-01T00:00:00Z')
    const { id, username } = await buildUser({ last_password_changed_time: changed })
    await userCrud.update(reader(), id, { password: BCRYPT })

    expect(await login(username, 'an imported password 1')).toSucceed()

    const after = await userCrud.get(reader(), id)
    expect(after?.password).toMatch(/^\$argon2id\$/)
    expect(after?.last_password_changed_time).toEqual(changed)
    expect(await login(username, 'an imported password 1')).toSucceed()
  })

  it('ends the other sessions of a user who may have one only, and no others', async () => {
    const [single, many] = [await buildUser({ is_multi_login: false }), await buildUser()]
    const [first, other] = [await login(single.username), await login(many.username)]

    const second = await login(single.username)
    await login(many.username)

    expect([await works(first), await works(second), await works(other)]).toEqual([401, 200, 200])
    expect(await refresh(cookieOf(first))).toFail(403, 'login.elsewhere')
  })

  it('reports fields that are missing', async () => {
    expect((await stranger().post('/auth/login', { username: 'a' })).status).toBe(422)
    expect((await stranger().post('/auth/login')).status).toBe(422)
    expect((await login('x'.repeat(65))).status).toBe(422)
  })

  it('ignores a stale token', async () => {
    const user = await buildUser()
    const stale = new Client(baseUrl(), 'stale')

    expect(await stale.post('/auth/login', { username: user.username, password: PASSWORD })).toSucceed()
    expect(await stale.get('/auth/captcha')).toSucceed()
  })
})

describe('lock-out', () => {
  const failuresKey = (id: string) => `fba:login:failure:${id}`
  const lockKey = (id: string) => `fba:user:lock:${id}`

  it('locks an account at the fifth failure in a row, and says for how long', async () => {
    const user = await buildUser()
    for (let i = 0; i < 4; i += 1)
      expect(await login(user.username, WRONG)).toFail(403, 'login.wrong_credentials')
    expect(await redis().get(failuresKey(user.id))).toBe('4')

    expect(await login(user.username, WRONG)).toFail(403, 'login.too_many_failures')

    expect(await login(user.username)).toFail(403, 'login.account_locked', { minutes: 5 })
    expect(await redis().get(lockKey(user.id))).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    expect(await redis().ttl(lockKey(user.id))).toBeCloseTo(300, -1)
    expect(await triesOf(user.username)).toHaveLength(6)
  })

  it('locks at exactly the fifth of twenty parallel failures', async () => {
    const user = await buildUser()

    const answers = await Promise.all(Array.from({ length: 20 }, () => login(user.username, WRONG)))

    const count = (words: string) => answers.filter(({ msg }) => msg.startsWith(words)).length
    expect([count('用户名或密码有误'), count('登录失败次数过多'), count('账号已被锁定')]).toEqual([4, 1, 15])
    expect(await triesOf(user.username)).toHaveLength(20)
  })

  it('does not tell by the lock which names exist', async () => {
    const nobody = unique('nobody')
    for (let i = 0; i < 4; i += 1) await login(nobody, WRONG)

    expect(await login(nobody, WRONG)).toFail(403, 'login.too_many_failures')
    expect(await login(nobody, WRONG)).toFail(403, 'login.account_locked', { minutes: 5 })
  })

  it('begins to count anew after a success', async () => {
    const user = await buildUser()
    for (let i = 0; i < 4; i += 1) await login(user.username, WRONG)
    expect(await login(user.username)).toSucceed()

    expect(await login(user.username, WRONG)).toFail(403, 'login.wrong_credentials')
    expect(await redis().get(failuresKey(user.id))).toBe('1')
  })

  it('opens an account whose time is over', async () => {
    const user = await buildUser()
    await redis().set(lockKey(user.id), '2020-01-01 00:00:00', 'EX', 300)

    expect(await login(user.username)).toSucceed()
    expect(await redis().exists(lockKey(user.id), failuresKey(user.id))).toBe(0)
  })
})

describe('age of the password', () => {
  const daysAgo = (days: number) => new Date(now().getTime() - days * 86_400_000)

  it('refuses one that is too old, or of unknown age', async () => {
    for (const changed of [daysAgo(366), null]) {
      const user = await buildUser({ last_password_changed_time: changed })
      expect(await login(user.username)).toFail(403, 'login.password_expired')
    }
  })

  it('reminds in the last seven days, not before', async () => {
    const remaining = async (age: number) => {
      const user = await buildUser({ last_password_changed_time: daysAgo(age) })
      return (await login(user.username)).data.password_expire_days_remaining
    }
    expect([await remaining(356.5), await remaining(357.5), await remaining(364.5)]).toEqual([null, 7, 0])
  })
})

describe('captcha', () => {
  it('is a picture, its name and its life', async () => {
    const answer = await stranger().get('/auth/captcha')

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({ is_enabled: false, expire_seconds: 300 })
    expect(Buffer.from(answer.data.image, 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(await redis().ttl(`fba:login:captcha:${answer.data.uuid}`)).toBeCloseTo(300, -1)
  })
})

describe('log in to the API page', () => {
  const docs = (username: string, password = PASSWORD) =>
    stranger().post(
      `/auth/login/swagger?username=${encodeURIComponent(username)}&password=${encodeURIComponent(password)}`,
    )

  it('answers with a bare token that works, without a cookie and without a place in the list', async () => {
    const user = await buildUser()

    const answer = await docs(user.username)

    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'token_type', 'user'])
    expect(answer.body.token_type).toBe('Bearer')
    expect(cookieOf(answer)).toBe('')
    const client = new Client(baseUrl(), answer.body.access_token)
    expect(await client.get('/auth/codes')).toSucceed()
    const { session_uuid } = jwt.decode(answer.body.access_token) as { session_uuid: string }
    expect(await redis().get(`fba:token_extra_info:${user.id}:${session_uuid}`)).toBe('{"swagger":true}')
    expect(await redis().exists(`fba:refresh_token:${user.id}:${session_uuid}`)).toBe(0)
  })

  it('counts failures like every log-in, and keeps the password out of the operation log', async () => {
    const user = await buildUser()
    for (let i = 0; i < 4; i += 1)
      expect(await docs(user.username, WRONG)).toFail(403, 'login.wrong_credentials')

    expect(await docs(user.username, WRONG)).toFail(403, 'login.too_many_failures')
    expect(await login(user.username)).toFail(403, 'login.account_locked', { minutes: 5 })
    expect(await operaLogCrud.count(reader(), { path: '/api/v1/auth/login/swagger' })).toBe(0)
  })
})

describe('refresh', () => {
  it('gives a new session for the cookie, and the old tokens stop working', async () => {
    const user = await buildUser()
    const first = await login(user.username)

    const second = await refresh(cookieOf(first))

    expect(second).toSucceed()
    expect(Object.keys(second.data).sort()).toEqual([
      'access_token',
      'access_token_expire_time',
      'session_uuid',
    ])
    expect(second.data.session_uuid).not.toBe(first.data.session_uuid)
    expect([await works(first), await works(second)]).toEqual([401, 200])
    expect(cookieOf(second)).not.toBe(cookieOf(first))
    expect(await refresh(cookieOf(second))).toSucceed()
  })

  it('gives tabs that refresh at the same moment the same session', async () => {
    const user = await buildUser({ is_multi_login: false })
    const first = await login(user.username)

    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(cookieOf(first))))

    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200))
    expect(new Set(answers.map((answer) => answer.data.access_token)).size).toBe(1)
    expect(await works(answers[9] as Answer)).toBe(200)
  })

  it('refuses a missing cookie with 400, an access token or nonsense with 401', async () => {
    const user = await buildUser()
    const { data } = await login(user.username)

    expect(await stranger().post('/auth/refresh')).toFail(400, 'auth.refresh_expired')
    expect(await refresh('fba_refresh_token=nonsense')).toFail(401, 'auth.token_invalid')
    expect(await refresh(`fba_refresh_token=${data.access_token}`)).toFail(401, 'auth.token_invalid')
  })

  it('refuses a user who was deleted or disabled', async () => {
    const [gone, disabled] = [await buildUser(), await buildUser()]
    const [first, second] = [await login(gone.username), await login(disabled.username)]
    await userCrud.remove(reader(), [gone.id])
    await userCrud.update(reader(), disabled.id, { status: 0 })

    expect(await refresh(cookieOf(first))).toFail(404, 'user.not_found')
    expect(await refresh(cookieOf(second))).toFail(403, 'login.user_disabled')
  })
})

describe('log out', () => {
  const expectClearedCookie = (answer: Answer) =>
    expect(cookieOf(answer)).toMatch(/^fba_refresh_token=; HttpOnly; Path=\/; SameSite=lax; Max-Age=0; /)

  it('ends the session with its refresh token, although the cookie did not come along', async () => {
    const user = await buildUser()
    const session = await login(user.username)

    const answer = await as(session).post('/auth/logout')

    expect(answer).toSucceed()
    expectClearedCookie(answer)
    expect(await works(session)).toBe(401)
    expect(await refresh(cookieOf(session))).toFail(401, 'auth.refresh_expired')
    expect(await redis().keys(`fba:*:${user.id}:*`)).toEqual([])
  })

  it('ends the session of the cookie when the token is gone', async () => {
    const user = await buildUser()
    const session = await login(user.username)
    const cookie = cookieOf(session).split(';')[0] ?? ''

    await stranger().post('/auth/logout', undefined, { headers: { Cookie: cookie } })

    expect(await works(session)).toBe(401)
  })

  it.each([[undefined], ['nonsense']])('succeeds with the token %s', async (token) => {
    const answer = await new Client(baseUrl(), token).post('/auth/logout')
    expect(answer).toSucceed()
    expectClearedCookie(answer)
  })
})

describe('tokens', () => {
  const claims = (token: string) => jwt.decode(token) as Record<string, unknown>

  it('are refused when unsigned, signed with another key, or when they are refresh tokens', async () => {
    const user = await buildUser()
    const session = await login(user.username)
    const { access_token } = session.data
    const payload = claims(access_token)
    const cookie = cookieOf(session).split(';')[0]?.split('=')[1] ?? ''
    const forged = [
      jwt.sign(payload, '', { algorithm: 'none', noTimestamp: true }),
      jwt.sign(payload, 'another key, as long as it should be', { noTimestamp: true }),
      jwt.sign(payload, env.TOKEN_SECRET_KEY ?? '', { algorithm: 'HS512', noTimestamp: true }),
      cookie,
      `${access_token}x`,
      'a.b.c',
    ]

    for (const token of forged)
      expect(await new Client(baseUrl(), token).get('/auth/codes')).toFail(401, 'auth.token_invalid')
  })

  it('are refused when their end has come', async () => {
    const user = await buildUser()
    const payload = claims((await login(user.username)).data.access_token)
    const old = { ...payload, exp: Date.now() / 1000 - 1 }
    const token = jwt.sign(old, env.TOKEN_SECRET_KEY ?? '', { noTimestamp: true })

    expect(await new Client(baseUrl(), token).get('/auth/codes')).toFail(401, 'auth.token_expired')
  })
})

describe('permission codes', () => {
  it('are those of the user, without repetition', async () => {
    const user = await signIn({ can: ['sys:auth:one,sys:auth:two', 'sys:auth:two'] })
    expect((await user.get('/auth/codes')).data.sort()).toEqual(['sys:auth:one', 'sys:auth:two'])
  })

  it('are all there are for a super user, but those of disabled menus', async () => {
    const [on, off] = [unique('sys:on'), unique('sys:off')]
    await buildMenu({ perms: on })
    await buildMenu({ perms: off, status: 0 })

    const { data } = await (await signInAdmin()).get('/auth/codes')

    expect(data).toContain(on)
    expect(data).not.toContain(off)
  })
})
