import { channels, issueCode, module, reader, redis, verifyPassword } from '#core'
import { userCrud } from '../../../../src/app/admin/crud/user'
import {
  PASSWORD,
  buildDept,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  stranger,
  unique,
  useApp,
  type SignedIn,
} from '#testing'

/** Brings what a test puts into it. */
const fixture = module({ name: 'fixture' })

useApp(fixture)

const NEW = 'another-horse-2'
const emailCode = ({ user }: SignedIn, email: string) =>
  issueCode(`fba:email:captcha:${user.id}:${email}`, 180)
const stored = ({ user }: SignedIn) => userCrud.get(reader(), user.id)
const address = () => `${unique('a')}@example.com`

describe('get own profile', () => {
  it('shows department and roles by name, disabled roles too', async () => {
    const dept = await buildDept()
    const roles = [await buildRole(), await buildRole({ status: 0 })]
    const user = await buildUser(
      { dept_id: dept.id },
      roles.map((role) => role.id),
    )

    const answer = await (await clientOf(user)).get('/sys/users/me')

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({ id: user.id, username: user.username, dept_id: dept.id })
    expect(answer.data.dept).toBe(dept.name)
    expect(answer.data.roles.sort()).toEqual(roles.map((role) => role.name).sort())
  })

  it('shows somebody without department and roles', async () => {
    const answer = await (await clientOf(await buildUser())).get('/sys/users/me')

    expect(answer.data).toMatchObject({ dept: null, roles: [] })
  })

  it('shows any stored avatar', async () => {
    const me = await signIn()
    await userCrud.update(reader(), me.user.id, { avatar: '/relative.png' })

    expect((await me.get('/sys/users/me')).data.avatar).toBe('/relative.png')
  })

  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/users/me')).toFail(401, 'auth.not_authenticated')
  })
})

describe('change own password', () => {
  const change = (me: SignedIn, values: object = {}) =>
    me.put('/sys/users/me/password', {
      old_password: PASSWORD,
      new_password: NEW,
      confirm_password: NEW,
      ...values,
    })

  it('stores the new hash and ends all sessions, this one too', async () => {
    const me = await signIn({ last_password_changed_time: new Date('2020-01-01') })
    const other = await clientOf(me.user)

    expect(await change(me)).toSucceed()

    const user = await stored(me)
    expect((await verifyPassword(user?.password ?? null, NEW)).ok).toBe(true)
    expect(user?.last_password_changed_time?.getTime()).toBeGreaterThan(Date.parse('2020-01-02'))
    for (const session of [me, other])
      expect(await session.get('/sys/users/me')).toFail(401, 'auth.token_expired')
    expect(await redis().keys(`fba:*token*:${me.user.id}:*`)).toEqual([])
  })

  it('counts wrong old passwords towards the lock of the account', async () => {
    const me = await signIn()
    const wrong = { old_password: 'wrong', new_password: NEW, confirm_password: NEW }
    for (let tries = 1; tries < 5; tries += 1)
      expect(await change(me, wrong)).toFail(400, 'password.old_wrong')

    expect(await change(me, wrong)).toFail(403, 'login.too_many_failures')
    expect((await change(me)).status).toBe(403)
  })

  it('checks the old password first, then that both new ones agree, then the policy', async () => {
    const me = await signIn()
    const all = { old_password: 'wrong', new_password: 'a', confirm_password: 'b' }

    expect(await change(me, all)).toFail(400, 'password.old_wrong')
    expect(await change(me, { ...all, old_password: PASSWORD })).toFail(400, 'password.mismatch')
    expect(await change(me, { new_password: 'a', confirm_password: 'a' })).toFail(400, 'password.too_short', {
      min: 6,
    })
    expect(await me.get('/sys/users/me')).toSucceed()
  })

  it('asks somebody without a password for no old one', async () => {
    const me = await signIn({ password: null })

    expect(await change(me, { old_password: '' })).toSucceed()
  })

  it('refuses the current password even where no history knows it', async () => {
    const me = await signIn()

    const answer = await change(me, { new_password: PASSWORD, confirm_password: PASSWORD })

    expect(answer).toFail(400, 'password.reused', { count: 3 })
  })

  it('is done once when asked twice at the same moment', async () => {
    const me = await signIn()

    const answers = await Promise.all([
      change(me),
      change(me, { new_password: `${NEW}b`, confirm_password: `${NEW}b` }),
    ])

    expect(answers.filter((answer) => answer.code === 200)).toHaveLength(1)
  })

  it('needs all three', async () => {
    expect((await (await signIn()).put('/sys/users/me/password', { old_password: 'x' })).status).toBe(422)
  })
})

describe('change own nickname and avatar', () => {
  it('shows them at once', async () => {
    const me = await signIn()

    expect(await me.put('/sys/users/me/nickname', { nickname: 'New' })).toSucceed()
    expect(await me.put('/sys/users/me/avatar', { avatar: 'https://example.com/a.png' })).toSucceed()

    expect((await me.get('/sys/users/me')).data).toMatchObject({
      nickname: 'New',
      avatar: 'https://example.com/a.png',
      last_login_time: null,
    })
  })

  it.each([
    ['nickname', { nickname: '' }],
    ['nickname', { nickname: 'x'.repeat(65) }],
    ['nickname', { nickname: 1 }],
    ['avatar', { avatar: 'relative.png' }],
    ['avatar', { avatar: '' }],
    ['avatar', { avatar: 'ftp://example.com/a.png' }],
    ['avatar', { avatar: `https://example.com/${'x'.repeat(250)}` }],
  ])('refuses %s %j', async (what, body) => {
    expect((await (await signIn()).put(`/sys/users/me/${what}`, body)).status).toBe(422)
  })

  it('changes nothing but what it is for', async () => {
    const me = await signIn()

    await me.put('/sys/users/me/nickname', { nickname: 'New', is_superuser: true, avatar: 'x' })

    expect(await stored(me)).toMatchObject({ nickname: 'New', is_superuser: false, avatar: null })
  })
})

describe('change own mail address', () => {
  const change = (me: SignedIn, email: string, captcha: string) =>
    me.put('/sys/users/me/email', { email, captcha })

  it('takes the mailed code once', async () => {
    const [me, email] = [await signIn(), address()]
    const code = await emailCode(me, email)

    expect(await change(me, email, code)).toSucceed()
    expect(await change(me, email, code)).toFail(400, 'email.captcha_expired')

    expect((await stored(me))?.email).toBe(email)
  })

  it('takes it for the address it was mailed to, whatever its letter case, and from nobody else', async () => {
    const [me, other, email] = [await signIn(), await signIn(), address()]
    const code = await emailCode(me, email)

    expect(await change(other, email, code)).toFail(400, 'email.captcha_expired')
    expect(await change(me, address(), code)).toFail(400, 'email.captcha_expired')
    expect(await change(me, email.toUpperCase(), code)).toSucceed()
  })

  it('refuses a wrong code, and after five of them the right one too', async () => {
    const [me, email] = [await signIn(), address()]
    const code = await emailCode(me, email)

    for (let n = 0; n < 5; n += 1)
      expect(await change(me, email, '000000')).toFail(400, 'error.captcha.error', {}, 40001)

    expect(await change(me, email, code)).toFail(400, 'email.captcha_expired')
  })

  it('refuses an address that is taken, and keeps the code', async () => {
    const [me, email] = [await signIn(), address()]
    const other = await buildUser({ email })
    const code = await emailCode(me, email)

    expect(await change(me, email, code)).toFail(409, 'user.email_taken')
    await userCrud.update(reader(), other.id, { email: address() })
    expect(await change(me, email, code)).toSucceed()
  })

  it('refuses what is no address', async () => {
    expect((await change(await signIn(), 'x', '123456')).status).toBe(422)
  })
})

describe('change own phone number', () => {
  beforeEach(async () => {
    const windows = await redis().keys('fba:limiter*')
    if (windows.length > 0) await redis().del(windows)
  })

  const PHONE = '13800138000'
  const change = (me: SignedIn, captcha: string, phone = PHONE) =>
    me.put('/sys/users/me/phone', { phone, captcha })

  it('says that nothing can send text messages', async () => {
    const me = await signIn()

    expect(await me.post('/phones/captcha', { phone: PHONE })).toFail(400, 'channel.missing', { name: 'sms' })
    expect(await change(me, '123456')).toFail(400, 'channel.missing', { name: 'sms' })
  })

  it('is for users with a number', async () => {
    expect(await stranger().post('/phones/captcha', { phone: PHONE })).toFail(401, 'auth.not_authenticated')
    expect((await (await signIn()).post('/phones/captcha', { phone: '1' })).status).toBe(422)
  })

  describe('with a channel for text messages', () => {
    const sent: { to: string; words: string }[] = []
    const lastCode = () => /\d{6}/.exec(sent.at(-1)?.words ?? '')?.[0] ?? ''

    beforeEach(() => {
      const send = async (_call: unknown, to: string, words: string) => {
        sent.push({ to, words })
      }
      fixture.extensions = [channels.filledBy({ name: 'sms', send })]
    })
    afterEach(() => delete fixture.extensions)

    it('sends a code that is good for this user and number, once', async () => {
      const [me, other] = [await signIn(), await signIn()]

      expect(await me.post('/phones/captcha', { phone: PHONE })).toSucceed()

      const code = lastCode()
      expect(sent.at(-1)?.to).toBe(PHONE)
      expect(await change(other, code)).toFail(400, 'email.captcha_expired')
      expect(await change(me, code, '13900139000')).toFail(400, 'email.captcha_expired')
      expect(await change(me, '000000')).toFail(400, 'error.captcha.error', {}, 40001)
      expect(await change(me, code)).toSucceed()
      expect(await change(me, code)).toFail(400, 'email.captcha_expired')
      expect((await stored(me))?.phone).toBe(PHONE)
    })

    it('replaces the code before, and does not send without end', async () => {
      const me = await signIn()
      await me.post('/phones/captcha', { phone: PHONE })
      const first = lastCode()
      for (let n = 0; n < 4; n += 1) await me.post('/phones/captcha', { phone: PHONE })

      expect(await me.post('/phones/captcha', { phone: PHONE })).toFail(429, 'request.too_many')
      if (first !== lastCode()) expect((await change(me, first)).code).toBe(40001)
      expect(await change(me, lastCode())).toSucceed()
    })
  })
})
