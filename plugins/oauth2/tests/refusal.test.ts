import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import jwt from 'jsonwebtoken'
import { redis } from '#core'
import { unique, useApp } from '#testing'
import { Browser } from './browser'
import { json, TestProvider } from './provider'
import { corp, errorIn, provider, returnFrom, set, signInAt, tokenIn, useProvider } from './world'

useApp({ plugins: ['oauth2'] })
useProvider()

const refusalOf = (page: URL) => {
  expect(page.pathname).toBe('/oauth2/callback')
  expect(tokenIn(page)).toBe('')
  return errorIn(page)
}
const callback = (path: string, query: string) => `/api/v1/oauth2/${path}/callback?${query}`
const visit = (browser: Browser, path: string) => browser.goTo(new URL(path, browser.base).toString())

describe('a browser that returns', () => {
  it.each(['', 'code=c', 'code=c&state=unknown', `code=c&state=${'x'.repeat(500)}`])(
    'with "%s" is sent to the front end with an error',
    async (query) => {
      const page = await visit(new Browser(), callback('github', query))

      expect(['oauth2.state_invalid', 'request.invalid']).toContain(refusalOf(page))
      expect(page.searchParams.get('error_description')).not.toBe('')
    },
  )

  it('with a good state is let in once', async () => {
    const browser = new Browser()
    const address = await returnFrom('github', browser)

    expect(errorIn(await browser.goTo(address))).toBeNull()
    expect(refusalOf(await browser.goTo(address))).toBe('oauth2.state_invalid')
  })

  it('is not let in with the state of another browser, which is used up by that', async () => {
    const victim = new Browser()
    const attacker = new Browser()
    const address = await returnFrom('github', attacker)

    expect(refusalOf(await victim.goTo(address))).toBe('oauth2.state_invalid')
    expect(refusalOf(await attacker.goTo(address))).toBe('oauth2.state_invalid')
  })

  it('is not asked for its cookie where the setting says so', async () => {
    set({ OAUTH2_STATE_COOKIE: 'false' })
    const address = await returnFrom('github', new Browser())

    expect(errorIn(await new Browser().goTo(address))).toBeNull()
  })

  it('may have begun in several tabs', async () => {
    const browser = new Browser()
    const first = await returnFrom('github', browser)
    const second = await returnFrom('google', browser)

    expect(errorIn(await browser.goTo(first))).toBeNull()
    expect(errorIn(await browser.goTo(second))).toBeNull()
  })

  it('from one provider cannot use the state of another', async () => {
    const browser = new Browser()
    const address = new URL(await returnFrom('github', browser))

    const page = await visit(browser, callback('google', address.searchParams.toString()))

    expect(refusalOf(page)).toBe('oauth2.state_invalid')
  })

  it('from another issuer is told apart by its name', async () => {
    const browser = new Browser()
    const address = await returnFrom('oidc/corp', browser)

    expect(refusalOf(await browser.goTo(`${address}&iss=https://evil.example.com`))).toBe(
      'oauth2.state_invalid',
    )
  })

  it('too late is refused', async () => {
    const browser = new Browser()
    const address = await returnFrom('github', browser)
    await redis().del(`fba:oauth2:state:${new URL(address).searchParams.get('state')}`)

    expect(refusalOf(await browser.goTo(address))).toBe('oauth2.state_invalid')
  })

  it('with a refusal of the provider is told so', async () => {
    const browser = new Browser()
    const state = new URL(await returnFrom('github', browser)).searchParams.get('state')

    const page = await visit(browser, callback('github', `error=access_denied&state=${state}`))

    expect(refusalOf(page)).toBe('oauth2.denied')
  })

  it('with a code that another browser was given is refused, for want of its verifier', async () => {
    const stolen = new URL(await returnFrom('github', new Browser())).searchParams.get('code') ?? ''
    const browser = new Browser()
    const address = new URL(await returnFrom('github', browser))
    address.searchParams.set('code', stolen)

    expect(refusalOf(await browser.goTo(address.toString()))).toBe('oauth2.provider_failed')
  })

  it('leaves no code and no token in a cache', async () => {
    const browser = new Browser()
    const address = await returnFrom('github', browser)

    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const { status, headers } = await fetch(address, { redirect: 'manual', headers: { cookie } })

    expect(status).toBe(307)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })
})

const FAULTS: [string, string, string, (response: ServerResponse) => void][] = [
  ['a refusal in an answer of 200', 'github', '/token', (to) => json(to, { error: 'bad_verification_code' })],
  ['no token', 'google', '/token', (to) => json(to, {})],
  ['an error at the token endpoint', 'github', '/token', (to) => json(to, { error: 'server_error' }, 500)],
  ['something that is no JSON', 'github', '/user', (to) => to.end('<html>')],
  ['more than anybody should', 'github', '/user', (to) => json(to, { id: 1, login: 'x'.repeat(2_000_000) })],
  ['the way to somewhere else', 'google', '/user', (to) => to.writeHead(302, { Location: '/emails' }).end()],
  ['an account without an id', 'google', '/user', (to) => json(to, { name: 'Nobody' })],
  ['an id that is none', 'linux-do', '/user', (to) => json(to, { id: 'Jürgen' })],
  ['a broken connection', 'linux-do', '/user', (to) => to.destroy()],
  ['information about somebody else', 'oidc/corp', '/user', (to) => json(to, { sub: 'other' })],
]

describe('a provider that answers with', () => {
  it.each(FAULTS)('%s lets nobody in', async (_what, path, at, answer) => {
    provider.instead.set(at, answer)

    expect(refusalOf(await signInAt(path))).toBe('oauth2.provider_failed')
  })

  it('nothing is given up', async () => {
    set({ OAUTH2_TIMEOUT: '1' })
    provider.instead.set('/token', () => undefined)

    expect(refusalOf(await signInAt('github'))).toBe('oauth2.provider_failed')
  })
})

describe('an ID token', () => {
  const seconds = () => Math.floor(Date.now() / 1000)

  it.each<[string, () => object]>([
    ['for another client', () => ({ aud: 'other' })],
    ['for several clients without naming us', () => ({ aud: [TestProvider.CLIENT_ID, 'other'] })],
    ['that was given to another party', () => ({ azp: 'other' })],
    ['of another issuer', () => ({ iss: 'https://evil.example.com' })],
    ['for another sign-in', () => ({ nonce: 'other' })],
    ['without a nonce', () => ({ nonce: undefined })],
    ['that has expired', () => ({ exp: seconds() - 120 })],
    ['that never expires', () => ({ exp: undefined })],
    ['about nobody', () => ({ sub: undefined })],
  ])('%s is not believed', async (_what, claims) => {
    provider.claims = { email: 'a@example.com', ...claims() }

    expect(refusalOf(await signInAt('oidc/corp'))).toBe('oauth2.provider_failed')
  })

  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

  it.each<[string, NonNullable<TestProvider['sign']>]>([
    ['that is not signed', (claims, { kid }) => `${encoded({ alg: 'none', kid })}.${encoded(claims)}.`],
    [
      'signed with the public key as if it were a secret',
      (claims, { kid, publicKey }) => {
        const text = `${encoded({ alg: 'HS256', kid })}.${encoded(claims)}`
        const secret = publicKey.export({ type: 'spki', format: 'pem' })
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
      },
    ],
    [
      'signed with our client secret',
      (claims, { kid }) => jwt.sign(claims, TestProvider.CLIENT_SECRET, { algorithm: 'HS256', keyid: kid }),
    ],
    [
      'signed with a key the issuer does not have',
      (claims, { privateKey }) => jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: unique('key') }),
    ],
    [
      'that was changed afterwards',
      (claims, { privateKey, kid }) => {
        const [head, , signature] = jwt
          .sign(claims, privateKey, { algorithm: 'RS256', keyid: kid })
          .split('.')
        return [head, encoded({ ...claims, sub: 'admin' }), signature].join('.')
      },
    ],
  ])('%s is not believed', async (_what, sign) => {
    provider.sign = sign

    expect(refusalOf(await signInAt('oidc/corp'))).toBe('oauth2.provider_failed')
  })

  it('is believed under a new key of the issuer', async () => {
    expect(errorIn(await signInAt('oidc/corp'))).toBeNull()
    provider.changeKey()
    expect(errorIn(await signInAt('oidc/corp'))).toBeNull()
  })
})

describe('an issuer', () => {
  const issuer = (at: string) => set({ OAUTH2_OIDC_ISSUERS: JSON.stringify([{ ...corp(), issuer: at }]) })

  it('that says it is another is not asked further', async () => {
    issuer(`${provider.url}/`)

    expect(await new Browser().api('/oauth2/oidc/corp')).toMatchObject({ status: 502 })
  })

  it.each(['https://127.0.0.1', 'https://[::1]', 'https://localhost', 'http://localhost'])(
    'at %s is not even reached where private addresses are not allowed',
    async (host) => {
      const { port } = new URL(provider.url)
      set({
        OAUTH2_ALLOW_PRIVATE_HOSTS: 'false',
        OAUTH2_OIDC_ISSUERS: JSON.stringify([{ ...corp(), issuer: `${host}:${port}` }]),
      })
      const before = provider.connections

      expect(await new Browser().api('/oauth2/oidc/corp')).toMatchObject({ status: 502 })
      expect(provider.connections).toBe(before)
    },
  )
})
