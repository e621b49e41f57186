import { Secret, TOTP } from 'otpauth'
import { now } from '../../../../src/infra/clock'
import { reader } from '../../../../src/infra/database'
import { redis } from '../../../../src/infra/redis'
import { operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { userCrud } from '../../../../src/app/admin/crud/user'
import { sealSecret } from '../../../../src/app/admin/service/second-factor'
import { newSecret } from '../../../../src/security/totp'
import { until } from '../../../support/redis'
import { data, module, route, z } from '#core'
import { PASSWORD, clientOf, signIn, stranger, useApp, type SignedIn } from '#testing'

const asked = { title: 'x', access: 'signed_in', reply: data(z.boolean()), handle: () => true } as const
let isDangerous = true
const routes = [
  route({ ...asked, title: 'Do what is dangerous', method: 'post', path: '/risk/always', confirm: true }),
  route({
    ...{ ...asked, title: 'Do what may be dangerous', method: 'post', path: '/risk/sometimes' },
    confirm: () => isDangerous,
  }),
]

useApp(module({ name: 'risk', version: '1.0.0', routes }))

afterEach(() => void (isDangerous = true))

const confirm = (user: SignedIn, body: object) => user.post('/auth/confirmation', body)

/** A user with a second factor, and a code that was not used yet. */
async function withFactor(password?: null) {
  const user = await signIn({ password })
  const secret = newSecret()
  const factor = { mfa_secret: sealSecret(user.user, secret), mfa_enabled: true }
  await userCrud.update(reader(), user.user.id, factor)
  const app = new TOTP({ secret: Secret.fromBase32(secret) })
  return { user, code: app.generate({ timestamp: now().getTime() }) }
}

describe('a route that asks for a fresh confirmation', () => {
  it('refuses without one, and tells pages how to give it', async () => {
    const user = await signIn()

    const answer = await user.post('/risk/always')

    const path = '/api/v1/auth/confirmation'
    expect(answer).toFail(403, 'confirmation.needed', { path })
    expect(answer.data).toEqual({ confirmation_required: true, method: 'POST', path })
    expect(await stranger().post('/risk/always')).toFail(401, 'auth.not_authenticated')
  })

  it('is open after the password was shown, for this session alone, until it ends by itself', async () => {
    const user = await signIn()
    const elsewhere = await clientOf(user.user)

    const { data } = await confirm(user, { password: PASSWORD })

    expect(data).toEqual({ accepts: ['password'], confirmed_until: expect.any(String) })
    expect(await user.post('/risk/always')).toSucceed()
    expect(await user.post('/risk/always')).toSucceed()
    expect(await elsewhere.post('/risk/always')).toFail(403, 'confirmation.needed', {
      path: '/api/v1/auth/confirmation',
    })
    const [key = ''] = await redis().keys(`fba:confirmed:${user.user.id}:*`)
    const left = await redis().pttl(key)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(300_000)
  })

  it('is open after a code of the second factor, which works once', async () => {
    const { user, code } = await withFactor()
    expect((await user.get('/auth/confirmation')).data).toEqual({
      accepts: ['password', 'code'],
      confirmed_until: null,
    })

    expect(await confirm(user, { code })).toSucceed()

    expect(await user.post('/risk/always')).toSucceed()
    expect((await user.get('/auth/confirmation')).data.confirmed_until).not.toBeNull()
    expect(await confirm(user, { code })).toFail(403, 'mfa.code_invalid')
  })

  it('may say at the time of the call that it asks for nothing', async () => {
    const user = await signIn()
    expect((await user.post('/risk/sometimes')).status).toBe(403)

    isDangerous = false

    expect(await user.post('/risk/sometimes')).toSucceed()
  })
})

describe('a confirmation', () => {
  it('is refused for the wrong password or code, and for nothing at all', async () => {
    const user = await signIn()

    expect(await confirm(user, {})).toFail(400, 'confirmation.empty')
    expect(await confirm(user, { password: 'wrong' })).toFail(403, 'confirmation.password_wrong')
    expect(await confirm(user, { code: '123456' })).toFail(403, 'mfa.code_invalid')
    expect((await user.post('/risk/always')).status).toBe(403)
  })

  it('is impossible for somebody who has nothing to show, and possible with the second factor alone', async () => {
    const bare = await signIn({ password: null })
    expect(await confirm(bare, {})).toFail(400, 'confirmation.impossible')
    expect(await confirm(bare, { password: PASSWORD })).toFail(403, 'confirmation.password_wrong')

    const { user, code } = await withFactor(null)
    expect(await confirm(user, { code })).toSucceed()
    expect(await user.post('/risk/always')).toSucceed()
  })

  it('counts towards the lock of the account, as log-ins do; then the right password does not help', async () => {
    const user = await signIn()
    for (let tries = 0; tries < 4; tries++) await confirm(user, { password: 'wrong' })
    expect(await confirm(user, { code: '123456' })).toFail(403, 'login.too_many_failures')

    expect(await confirm(user, { password: PASSWORD })).toFail(403, 'login.account_locked', { minutes: 5 })

    expect((await user.post('/risk/always')).status).toBe(403)
  })

  it('is in the operation log, also when it was refused, without what was shown', async () => {
    const user = await signIn()
    await confirm(user, { password: 'not-this-one' })
    await confirm(user, { password: PASSWORD })

    const where = { username: user.user.username, path: '/api/v1/auth/confirmation' }
    const read = () => operaLogCrud.find(reader(), { where })
    await until('both are there', async () => (await read()).length === 2)
    const rows = await read()
    expect(rows.map(({ status }) => status).sort()).toEqual([0, 1])
    expect(JSON.stringify(rows)).not.toMatch(/not-this-one|correct-horse/)
  })
})
