import './auth-settings-env'
import { randomInt } from 'node:crypto'
import { reader } from '../../../../src/infra/database'
import { redis } from '../../../../src/infra/redis'
import { newRecoveryCodes, newSecret } from '../../../../src/security/totp'
import { loginLogCrud } from '../../../../src/app/admin/crud/logs'
import { userCrud } from '../../../../src/app/admin/crud/user'
import { sealSecret } from '../../../../src/app/admin/service/second-factor'
import { Client, PASSWORD, baseUrl, buildUser, stranger, useApp, type Answer } from '#testing'

useApp()

const WRONG = 'not-the-password-1'

const someAddress = () => Array.from({ length: 4 }, () => randomInt(11, 255)).join('.')

let address = ''
beforeEach(() => {
  address = someAddress()
})
const from = () => ({ headers: { 'X-Forwarded-For': address } })

const post = (path: string, body?: object) => stranger().post(path, body, from())
const fetchCaptcha = async () => {
  const { data } = await stranger().get('/auth/captcha', from())
  return { uuid: data.uuid as string, captcha: (await redis().get(`fba:login:captcha:${data.uuid}`)) ?? '' }
}
const login = async (username: string, password = PASSWORD) =>
  post('/auth/login', { username, password, ...(await fetchCaptcha()) })

const cookieOf = (answer: Answer) => answer.headers.getSetCookie()[0] ?? ''
const refresh = (cookie: string) =>
  stranger().post('/auth/refresh', undefined, { headers: { Cookie: cookie.split(';')[0] ?? '' } })

describe('captcha', () => {
  it('must be there, known and right, in this order, before anything else is looked at', async () => {
    const { username } = await buildUser()
    const { uuid, captcha } = await fetchCaptcha()
    const attempt = (more: object) => post('/auth/login', { username, password: WRONG, ...more })

    expect(await attempt({})).toFail(400, 'error.captcha.invalid')
    expect(await attempt({ uuid, captcha: '' })).toFail(400, 'error.captcha.invalid')
    expect(await attempt({ uuid: 'unknown', captcha })).toFail(400, 'error.captcha.expired')
    expect(await attempt({ uuid, captcha: '....' })).toFail(400, 'error.captcha.error', {}, 40001)
    const right = await fetchCaptcha()
    const typed = { ...right, captcha: right.captcha.toUpperCase() }
    expect(await attempt(typed)).toFail(403, 'login.wrong_credentials')
    expect(await loginLogCrud.count(reader(), { username })).toBe(5)
  })

  it('is gone after a wrong answer, so that it cannot be guessed', async () => {
    const { username } = await buildUser()
    const captcha = await fetchCaptcha()

    await post('/auth/login', { username, password: PASSWORD, ...captcha, captcha: '....' })

    const right = await post('/auth/login', { username, password: PASSWORD, ...captcha })
    expect(right).toFail(400, 'error.captcha.expired')
  })

  it('works once, also when the log-in then fails', async () => {
    const { username } = await buildUser()
    const captcha = await fetchCaptcha()

    await post('/auth/login', { username, password: WRONG, ...captcha })

    const again = await post('/auth/login', { username, password: PASSWORD, ...captcha })
    expect(again).toFail(400, 'error.captcha.expired')
  })

  it('lets one of parallel log-ins through', async () => {
    const { username } = await buildUser()
    const captcha = await fetchCaptcha()

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post('/auth/login', { username, password: PASSWORD, ...captcha })),
    )

    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })
})

describe('captcha of a user with a second factor', () => {
  it('is good for the second try, which brings the code', async () => {
    const { id, username } = await buildUser()
    await userCrud.update(reader(), id, {
      mfa_enabled: true,
      mfa_secret: sealSecret({ id }, newSecret()),
      mfa_recovery_codes: newRecoveryCodes().hashes,
    })
    const captcha = await fetchCaptcha()
    const attempt = (more: object) =>
      post('/auth/login', { username, password: PASSWORD, ...captcha, ...more })

    expect(await attempt({})).toFail(400, 'mfa.required')
    expect(await redis().ttl(`fba:login:captcha:${captcha.uuid}`)).toBeGreaterThan(0)
    expect(await attempt({ mfa_code: 'wrong' })).toFail(403, 'mfa.code_invalid')
    expect(await attempt({ mfa_code: 'wrong' })).toFail(400, 'error.captcha.expired')
  })
})

describe('limits of one address', () => {
  it.each([
    ['captchas', 'GET', '/auth/captcha', '30'],
    ['log-ins', 'POST', '/auth/login', '60'],
    ['log-ins to the API page', 'POST', '/auth/login/swagger?username=a&password=b', '60'],
  ])('allow five %s in their window', async (_name, method, path, seconds) => {
    const call = () => stranger().send(method, path, undefined, from())
    for (let i = 0; i < 5; i += 1) expect((await call()).status).not.toBe(429)

    const answer = await call()

    expect(answer).toFail(429, 'request.too_many')
    expect(answer.headers.get('retry-after')).toBe(seconds)
    address = someAddress()
    expect((await call()).status).not.toBe(429)
  })
})

describe('settings', () => {
  it('mark the cookie for https only where they say so', async () => {
    const { username } = await buildUser()
    expect(cookieOf(await login(username))).toMatch(/; Secure$/)
  })

  it('never lock an account with a threshold of 0, and let passwords grow old with 0 days', async () => {
    const { username } = await buildUser({ last_password_changed_time: null })
    for (let i = 0; i < 4; i += 1) expect(await login(username, WRONG)).toFail(403, 'login.wrong_credentials')

    const answer = await login(username)

    expect(answer).toSucceed()
    expect(answer.data.password_expire_days_remaining).toBeNull()
  })

  it('end a session at once when a used cookie comes back, without a grace', async () => {
    const { username } = await buildUser()
    const first = cookieOf(await login(username))
    const second = await refresh(first)

    expect(await refresh(first)).toFail(401, 'auth.refresh_expired')

    const client = new Client(baseUrl(), second.data.access_token)
    expect(await client.get('/auth/codes')).toFail(401, 'auth.token_expired')
    expect(await refresh(cookieOf(second))).toFail(401, 'auth.refresh_expired')
  })
})
