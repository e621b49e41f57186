import { Secret, TOTP } from 'otpauth'
import { now, setClock } from '../../../../src/infra/clock'
import { reader } from '../../../../src/infra/database'
import { redis } from '../../../../src/infra/redis'
import { loginLogCrud, operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { userRoleCrud } from '../../../../src/app/admin/crud/links'
import { userCrud } from '../../../../src/app/admin/crud/user'
import { PASSWORD, buildRole, clientOf, signIn, signInAdmin, stranger, useApp, type SignedIn } from '#testing'

useApp()

let time = Date.parse('2026-11-21T01:30:00Z')
/** A code works once, so each test begins at a time of its own and moves on from code to code. */
const later = () => setClock(new Date((time += 30_000)))
beforeEach(() => later())
afterEach(() => setClock())

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now().getTime() })

const wrongCodeOf = (secret: string) => (codeOf(secret) === '000000' ? '111111' : '000000')

/** Switches the second factor on, as a user does. */
async function enrol(user: SignedIn) {
  const { data } = await user.post('/sys/users/me/mfa', { password: PASSWORD })
  const secret = data.secret as string
  const confirmed = await user.put('/sys/users/me/mfa', { code: codeOf(secret) })
  later()
  return { secret, recovery: confirmed.data.recovery_codes as string[] }
}

const login = (user: SignedIn, more: object = {}) =>
  stranger().post('/auth/login', { username: user.user.username, password: PASSWORD, ...more })

describe('setting it up', () => {
  it('takes the password, gives a secret as text, address and picture, and changes nothing yet', async () => {
    const user = await signIn()

    const answer = await user.post('/sys/users/me/mfa', { password: PASSWORD })

    expect(answer).toSucceed()
    expect(answer.data.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(answer.data.uri).toContain(`secret=${answer.data.secret}`)
    expect(answer.data.uri).toContain(user.user.username)
    expect(answer.data.qr_code).toMatch(/^data:image\/png;base64,/)
    expect(await login(user)).toSucceed()
    const stored = await userCrud.get(reader(), user.user.id)
    expect(stored?.mfa_secret).toMatch(/^sb1\./)
    expect(stored?.mfa_secret).not.toContain(answer.data.secret)
  })

  it('is done with a first code, which gives ten recovery codes', async () => {
    const user = await signIn()
    const { data } = await user.post('/sys/users/me/mfa', { password: PASSWORD })

    const answer = await user.put('/sys/users/me/mfa', { code: codeOf(data.secret) })

    expect(answer).toSucceed()
    expect(new Set(answer.data.recovery_codes).size).toBe(10)
    expect((await user.get('/sys/users/me/mfa')).data).toEqual({
      is_enabled: true,
      is_required: false,
      recovery_codes_left: 10,
    })
  })

  it('refuses a wrong or missing password, a wrong code, and a second time', async () => {
    const user = await signIn()
    expect(await user.put('/sys/users/me/mfa', { code: '123456' })).toFail(400, 'mfa.not_enrolled')
    expect(await user.post('/sys/users/me/mfa', { password: 'wrong' })).toFail(400, 'password.old_wrong')
    expect(await user.post('/sys/users/me/mfa', {})).toFail(400, 'password.empty')
    const { data } = await user.post('/sys/users/me/mfa', { password: PASSWORD })
    const wrong = await user.put('/sys/users/me/mfa', { code: wrongCodeOf(data.secret) })
    expect(wrong).toFail(403, 'mfa.code_invalid')
    await user.put('/sys/users/me/mfa', { code: codeOf(data.secret) })

    const again = await user.post('/sys/users/me/mfa', { password: PASSWORD })
    expect(again).toFail(409, 'mfa.already_enabled')
  })

  it('needs no password of a user who has none', async () => {
    const user = await signIn({ password: null })
    expect(await user.post('/sys/users/me/mfa', {})).toSucceed()
  })

  it('leaves no secret in the operation log', async () => {
    const user = await signIn()
    const { secret, recovery } = await enrol(user)

    const rows = await operaLogCrud.find(reader(), { where: { username: user.user.username } })

    expect(rows.length).toBeGreaterThanOrEqual(2)
    for (const word of [secret, recovery[0] ?? '', PASSWORD, 'sb1.'])
      expect(JSON.stringify(rows)).not.toContain(word)
  })
})

describe('log in with it', () => {
  it('asks for the code, which is no 401 and says so in data', async () => {
    const user = await signIn()
    await enrol(user)

    const answer = await login(user)

    expect(answer).toFail(400, 'mfa.required')
    expect(answer.data).toEqual({ mfa_required: true })
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await redis().exists(`fba:login:failure:${user.user.id}`)).toBe(0)
  })

  it('succeeds with a code, once', async () => {
    const user = await signIn()
    const { secret } = await enrol(user)
    const mfa_code = codeOf(secret)

    expect(await login(user, { mfa_code })).toSucceed()
    expect(await login(user, { mfa_code })).toFail(403, 'mfa.code_invalid')
    later()
    expect(await login(user, { mfa_code: codeOf(secret) })).toSucceed()
  })

  it('lets one of parallel log-ins with the same code in', async () => {
    const user = await signIn()
    const { secret } = await enrol(user)
    const mfa_code = codeOf(secret)

    const answers = await Promise.all(Array.from({ length: 4 }, () => login(user, { mfa_code })))

    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403, 403, 403])
    const where = { username: user.user.username }
    const tries = await loginLogCrud.find(reader(), { where })
    expect(tries.map((row) => row.status).sort()).toEqual([0, 0, 0, 1])
  })

  it('succeeds with a recovery code as people type it, once', async () => {
    const user = await signIn()
    const { recovery } = await enrol(user)
    const mfa_code = ` ${(recovery[3] ?? '').toUpperCase().replaceAll('-', ' ')}`

    expect(await login(user, { mfa_code })).toSucceed()
    expect(await login(user, { mfa_code })).toFail(403, 'mfa.code_invalid')
    expect((await user.get('/sys/users/me/mfa')).data.recovery_codes_left).toBe(9)
  })

  it('counts wrong codes towards the lock', async () => {
    const user = await signIn()
    const { secret } = await enrol(user)
    for (let i = 0; i < 4; i += 1)
      expect(await login(user, { mfa_code: wrongCodeOf(secret) })).toFail(403, 'mfa.code_invalid')

    expect(await login(user, { mfa_code: wrongCodeOf(secret) })).toFail(403, 'login.too_many_failures')
    const locked = await login(user, { mfa_code: codeOf(secret) })
    expect(locked).toFail(403, 'login.account_locked', { minutes: 5 })
  })

  it('does not say whether there is one before the password is right', async () => {
    const user = await signIn()
    await enrol(user)
    const answer = await login(user, { password: 'wrong', mfa_code: '123456' })
    expect(answer).toFail(403, 'login.wrong_credentials')
    expect(answer.data).toBeNull()
  })

  it('holds at the API page too', async () => {
    const user = await signIn()
    const { secret } = await enrol(user)
    const path = `/auth/login/swagger?username=${user.user.username}&password=${PASSWORD}`

    expect(await stranger().post(path)).toFail(400, 'mfa.required')
    expect((await stranger().post(`${path}&mfa_code=${codeOf(secret)}`)).status).toBe(200)
  })
})

describe('switching it off', () => {
  it.each([
    ['the password', () => ({ password: PASSWORD })],
    ['a code', (secret: string) => ({ code: codeOf(secret) })],
    ['a recovery code', (_secret: string, recovery: string[]) => ({ code: recovery[0] })],
  ])('takes %s', async (_name, proof) => {
    const user = await signIn()
    const { secret, recovery } = await enrol(user)

    expect(await user.delete('/sys/users/me/mfa', proof(secret, recovery))).toSucceed()

    expect(await login(user)).toSucceed()
    expect(await userCrud.get(reader(), user.user.id)).toMatchObject({
      mfa_secret: null,
      mfa_enabled: false,
      mfa_last_step: null,
      mfa_recovery_codes: null,
    })
  })

  it('refuses without proof, and where there is nothing to switch off', async () => {
    const user = await signIn()
    expect(await user.delete('/sys/users/me/mfa', { password: PASSWORD })).toFail(400, 'mfa.not_enabled')
    const { secret } = await enrol(user)

    expect(await user.delete('/sys/users/me/mfa', {})).toFail(400, 'mfa.required')
    expect(await user.delete('/sys/users/me/mfa', { password: 'wrong' })).toFail(400, 'password.old_wrong')
    const wrong = await user.delete('/sys/users/me/mfa', { code: wrongCodeOf(secret) })
    expect(wrong).toFail(403, 'mfa.code_invalid')
    expect(await login(user)).toFail(400, 'mfa.required')
  })

  it('is done for others by super users; the sessions of the user end', async () => {
    const [admin, user] = [await signInAdmin(), await signIn()]
    await enrol(user)
    const path = `/sys/users/${user.user.id}/mfa`

    expect(await user.delete(path)).toFail(403, 'auth.permission_denied')
    expect(await admin.delete(path)).toSucceed()

    expect(await user.get('/auth/codes')).toFail(401, 'auth.token_expired')
    expect(await login(user)).toSucceed()
    expect(await admin.delete(path)).toFail(400, 'mfa.not_enabled')
    expect(await admin.delete('/sys/users/1/mfa')).toFail(404, 'user.not_found')
  })

  it('is not done that way by super users for themselves, who show proof like others', async () => {
    const admin = await signInAdmin()
    const { secret } = await enrol(admin)

    const answer = await admin.delete(`/sys/users/${admin.user.id}/mfa`)

    expect(answer).toFail(403, 'mfa.reset_self', { path: '/api/v1/sys/users/me/mfa' })
    expect(await login(admin)).toFail(400, 'mfa.required')
    expect(await admin.delete('/sys/users/me/mfa', { code: codeOf(secret) })).toSucceed()
  })
})

it('new recovery codes replace the old ones', async () => {
  const user = await signIn()
  const { recovery } = await enrol(user)

  const answer = await user.post('/sys/users/me/mfa/recovery-codes', { password: PASSWORD })

  expect(answer.data.recovery_codes).toHaveLength(10)
  expect(await login(user, { mfa_code: recovery[0] })).toFail(403, 'mfa.code_invalid')
  expect(await login(user, { mfa_code: answer.data.recovery_codes[0] })).toSucceed()
})

describe('a role that requires it', () => {
  const member = async () => {
    const [user, role] = [await signIn(), await buildRole()]
    await userRoleCrud.create(reader(), { user_id: user.user.id, role_id: role.id })
    return { user, path: `/sys/roles/${role.id}/mfa` }
  }

  it('is made so by super users, and shows it', async () => {
    const admin = await signInAdmin()
    const { user, path } = await member()

    expect(await user.put(path, { is_mfa_required: true })).toFail(403, 'auth.permission_denied')
    expect(await admin.put(path, { is_mfa_required: true })).toSucceed()

    expect((await admin.get(path)).data).toEqual({ is_mfa_required: true })
    expect(await admin.put('/sys/roles/1/mfa', { is_mfa_required: true })).toFail(404, 'role.not_found')
    expect(await admin.get('/sys/roles/1/mfa')).toFail(404, 'role.not_found')
  })

  it('leaves its members nothing but to set it up, from the very next request on', async () => {
    const admin = await signInAdmin()
    const { user, path } = await member()
    expect(await user.get('/auth/codes')).toSucceed()

    await admin.put(path, { is_mfa_required: true })

    expect(await user.get('/auth/codes')).toFail(403, 'mfa.enrolment_required')
    expect(await user.get('/sys/users/me')).toSucceed()
    expect((await user.get('/sys/users/me/mfa')).data).toMatchObject({ is_enabled: false, is_required: true })
    await enrol(user)
    expect(await user.get('/auth/codes')).toSucceed()
    expect(await user.delete('/sys/users/me/mfa', { password: PASSWORD })).toSucceed()
    expect(await user.get('/auth/codes')).toFail(403, 'mfa.enrolment_required')
    expect(await (await clientOf(user.user)).post('/auth/logout')).toSucceed()
  })
})
