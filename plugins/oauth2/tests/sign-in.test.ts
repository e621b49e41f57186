import { buildRole, buildUser, Client, baseUrl, signInAdmin, unique, useApp, type SignedIn } from '#testing'
import { redis } from '#core'
import { Browser } from './browser'
import { corp, provider, set, signInAt, tokenIn, errorIn, useProvider } from './world'

useApp({ plugins: ['oauth2'] })
useProvider()

let admin: SignedIn
beforeAll(async () => {
  admin = await signInAdmin()
})

const meOf = async (page: URL) => (await new Client(baseUrl(), tokenIn(page)).get('/sys/users/me')).data
const logsOf = async (username: string) =>
  (await admin.get(`/logs/login?username=${encodeURIComponent(username)}`)).data.items
const offered = async (): Promise<{ title: string }[]> => (await new Browser().api('/auth/providers')).data
const address = () => `${unique('mail').toLowerCase()}@example.com`

describe('the address to go to', () => {
  it.each([
    ['github', 'user user:email'],
    ['google', 'email openid profile'],
    ['linux-do', 'user'],
    ['oidc/corp', 'openid profile email'],
  ])('of %s carries what the provider wants to know', async (path, scope) => {
    const { data, code } = await new Browser().api(`/oauth2/${path}`)

    const url = new URL(data)
    const asked = Object.fromEntries(url.searchParams)
    expect(code).toBe(200)
    expect(url.origin + url.pathname).toBe(`${provider.url}/authorize`)
    expect(asked).toMatchObject({
      client_id: 'steward-client',
      redirect_uri: `${baseUrl()}/api/v1/oauth2/${path}/callback`,
      response_type: 'code',
      scope,
      code_challenge_method: 'S256',
    })
    expect(asked['state']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect('nonce' in asked).toBe(path.startsWith('oidc/'))
  })

  it('is good for as long as the setting says', async () => {
    set({ OAUTH2_STATE_EXPIRE_SECONDS: '900' })

    const { data } = await new Browser().api('/oauth2/github')

    const state = new URL(data).searchParams.get('state')
    const left = await redis().ttl(`fba:oauth2:state:${state}`)
    expect(left).toBeGreaterThan(600)
    expect(left).toBeLessThanOrEqual(900)
  })

  it('is not there for a service that is not configured', async () => {
    expect(await new Browser().api('/oauth2/oidc/other')).toMatchObject({ status: 404 })
  })

  it('can be found in a list of the services', async () => {
    expect(await offered()).toEqual([
      { provider: 'oauth2', source: 'Github', title: 'GitHub', path: '/oauth2/github' },
      { provider: 'oauth2', source: 'Google', title: 'Google', path: '/oauth2/google' },
      { provider: 'oauth2', source: 'LinuxDo', title: 'LinuxDo', path: '/oauth2/linux-do' },
      { provider: 'oauth2', source: 'corp', title: 'corp', path: '/oauth2/oidc/corp' },
    ])
  })

  it('is offered only where somebody has put in a client id', async () => {
    const issuer = { ...corp(), title: 'Our company' }
    set({ OAUTH2_GITHUB_CLIENT_ID: 'test', OAUTH2_OIDC_ISSUERS: JSON.stringify([issuer]) })

    expect((await offered()).map(({ title }) => title)).toEqual(['Google', 'LinuxDo', 'Our company'])
  })
})

describe('a first sign-in', () => {
  it('makes a user, with the parts that GitHub knows', async () => {
    const login = unique('octo')
    const email = address()
    provider.reset({ id: 583231, login, name: 'The Octocat', avatar_url: 'https://example.com/o.png' })
    provider.emails = [
      { email: address(), primary: false, verified: true },
      { email, primary: true, verified: true },
    ]
    const browser = new Browser()

    const page = await signInAt('github', browser)

    expect(page.origin + page.pathname).toBe('http://front.example.com/oauth2/callback')
    expect([...page.searchParams.keys()]).toEqual(['access_token', 'session_uuid'])
    expect(await meOf(page)).toMatchObject({
      username: login,
      nickname: 'The Octocat',
      email,
      avatar: 'https://example.com/o.png',
      is_staff: true,
      is_superuser: false,
      status: 1,
    })
    expect(await logsOf(login)).toMatchObject([{ status: 1, msg: '登录成功（OAuth2）' }])
    expect(browser.cookies.has('fba_refresh_token')).toBe(true)
    expect(await browser.api('/auth/refresh', { method: 'POST' })).toMatchObject({ code: 200 })
  })

  it('makes a user, with the parts that Google knows', async () => {
    const name = unique('Ada')
    const email = address()
    provider.reset({ name, given_name: 'Ada', email, verified_email: true, picture: 'https://example.com/a' })

    const page = await signInAt('google')

    expect(await meOf(page)).toMatchObject({ username: name, nickname: 'Ada', email })
  })

  it('makes a user, with the parts that LinuxDo knows', async () => {
    const username = unique('neo')
    provider.reset({ id: 7, username, name: 'Neo', email: address() })

    const page = await signInAt('linux-do')

    expect(await meOf(page)).toMatchObject({ username, nickname: 'Neo', email: null })
  })

  it('makes a user, with the claims of an OpenID Connect issuer', async () => {
    const preferred_username = unique('corp')
    const email = address()
    provider.claims = { preferred_username, name: 'Corp User', email, email_verified: true }

    const page = await signInAt('oidc/corp')

    expect(await meOf(page)).toMatchObject({ username: preferred_username, nickname: 'Corp User', email })
  })

  it('asks the issuer where the ID token says little', async () => {
    const email = address()
    provider.reset({ preferred_username: unique('corp'), email, email_verified: true })

    expect(await meOf(await signInAt('oidc/corp'))).toMatchObject({ email })
  })

  it('takes the username for a nickname where there is none', async () => {
    const login = unique('octo')
    provider.reset({ login, name: null })

    expect(await meOf(await signInAt('github'))).toMatchObject({ username: login, nickname: login })
  })

  it('makes up a username where the provider has none, and varies one that is taken', async () => {
    const first = await meOf(await signInAt('github'))
    expect(first.username).toMatch(/^[0-9a-f]{5}$/)

    const { username } = await buildUser()
    provider.reset({ login: username })
    const second = await meOf(await signInAt('github'))
    expect(second.username).toMatch(new RegExp(`^${username}_[0-9a-f]{5}$`))
  })

  it('gives the role of the setting', async () => {
    const role = await buildRole()
    set({ OAUTH2_SIGN_UP_ROLE: role.name })

    const me = await meOf(await signInAt('github'))

    expect(me.roles).toEqual([role.name])
  })

  it('is refused where nobody may sign up', async () => {
    set({ OAUTH2_SIGN_UP: 'off' })
    const login = unique('octo')
    provider.reset({ login })

    const page = await signInAt('github')

    expect(page.pathname).toBe('/oauth2/callback')
    expect(errorIn(page)).toBe('oauth2.sign_up_off')
    expect(page.searchParams.get('error_description')).toBe('The account is not bound to any user')
    expect(tokenIn(page)).toBe('')
    expect(await logsOf(login)).toMatchObject([{ status: 0, msg: '该第三方账号未绑定任何用户' }])
    expect((await admin.get(`/sys/users?username=${login}`)).data.total).toBe(0)
  })
})

describe('another sign-in', () => {
  it('is of the same user, and fills in a missing avatar', async () => {
    provider.reset({ login: unique('octo') })
    const first = await meOf(await signInAt('github'))
    provider.account['login'] = unique('renamed')
    provider.account['avatar_url'] = 'https://example.com/new.png'

    const second = await meOf(await signInAt('github'))

    expect(second).toMatchObject({
      id: first.id,
      username: first.username,
      avatar: 'https://example.com/new.png',
    })
  })

  it('ends the session before, where the user may have one only', async () => {
    provider.reset({ login: unique('octo') })
    const first = await signInAt('github')

    await signInAt('github')

    const answer = await new Client(baseUrl(), tokenIn(first)).get('/sys/users/me')
    expect(answer.status).toBe(401)
  })

  it('is refused when the user is disabled, and written down', async () => {
    provider.reset({ login: unique('octo') })
    const { id, username } = await meOf(await signInAt('github'))
    expect(await admin.put(`/sys/users/${id}/permissions?type=status`)).toSucceed()
    const browser = new Browser()

    const page = await signInAt('github', browser)

    expect(errorIn(page)).toBe('login.user_disabled')
    expect(browser.cookies.has('fba_refresh_token')).toBe(false)
    expect((await logsOf(username)).map(({ status }: { status: number }) => status).sort()).toEqual([0, 1])
  })

  it('makes a new user once the old one was deleted', async () => {
    provider.reset({ login: unique('octo') })
    const first = await meOf(await signInAt('github'))
    expect(await admin.delete(`/sys/users/${first.id}`)).toSucceed()

    const second = await meOf(await signInAt('github'))

    expect(second.username).toBe(first.username)
    expect(second.id).not.toBe(first.id)
  })
})

describe('a mail address that a user has', () => {
  const withAddress = async (email: string, verified: boolean) => {
    provider.reset({ login: unique('octo') })
    provider.emails = [{ email, primary: true, verified }]
    return signInAt('github')
  }

  it('leads to that user when the provider has verified it', async () => {
    const user = await buildUser({ email: address() })

    const me = await meOf(await withAddress(user.email ?? '', true))

    expect(me.id).toBe(user.id)
  })

  it('leads nowhere when the provider has not verified it', async () => {
    const user = await buildUser({ email: address() })

    const me = await meOf(await withAddress(user.email ?? '', false))

    expect(me.id).not.toBe(user.id)
    expect(me.email).toBeNull()
  })

  it.each([false, undefined, 'no', 1])(
    'leads nowhere when an issuer says %s about it',
    async (email_verified) => {
      const user = await buildUser({ email: address() })
      provider.claims = { preferred_username: unique('corp'), email: user.email, email_verified }

      const me = await meOf(await signInAt('oidc/corp'))

      expect(me.id).not.toBe(user.id)
      expect(me.email).toBeNull()
    },
  )

  it('does not get around a second factor', async () => {
    const user = await buildUser({ email: address(), mfa_enabled: true })

    expect(errorIn(await withAddress(user.email ?? '', true))).toBe('oauth2.bind_first')
  })

  it('leads nowhere when the setting says so', async () => {
    set({ OAUTH2_LINK_BY_EMAIL: 'false' })
    const user = await buildUser({ email: address() })

    expect(errorIn(await withAddress(user.email ?? '', true))).toBe('oauth2.bind_first')
  })

  it('does not bind a second account of the service', async () => {
    const user = await buildUser({ email: address() })
    expect((await meOf(await withAddress(user.email ?? '', true))).id).toBe(user.id)

    expect(errorIn(await withAddress(user.email ?? '', true))).toBe('oauth2.already_bound')
  })
})
