import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import jwt from 'jsonwebtoken'

/** An account at the provider, in the words of every service that is played here. */
export type Account = Record<string, unknown>

interface Asked {
  redirect_uri: string
  challenge: string
  nonce: string | null
}

interface Key {
  kid: string
  publicKey: KeyObject
  privateKey: KeyObject
}

const newKey = (): Key => ({ kid: randomUUID(), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) })

/**
 * An authorization server on this machine: authorization code with PKCE, discovery, signed ID tokens, and the user
 * information of GitHub, Google and LinuxDo. Whoever comes is let in at once as `account`.
 */
export class TestProvider {
  static readonly CLIENT_ID = 'steward-client'
  static readonly CLIENT_SECRET = 'steward-secret'

  account: Account = {}
  emails: unknown = []
  /** Changes to the claims of ID tokens. */
  claims: Account = {}
  /** Answers instead of the usual ones, by path. */
  readonly instead = new Map<string, (response: ServerResponse) => void>()
  /** Makes the ID token, where it is not to be the right one. */
  sign: ((claims: object, key: Key) => string) | null = null
  /** How many connections came in. */
  connections = 0
  key = newKey()

  readonly #codes = new Map<string, Asked>()
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response))

  async start(): Promise<void> {
    this.#server.on('connection', () => this.connections++)
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** As after the start: nobody special, no faults. */
  reset(account: Account = {}): void {
    const id = randomUUID()
    this.account = { id, sub: id, ...account }
    this.emails = []
    this.claims = {}
    this.instead.clear()
    this.sign = null
  }

  changeKey(): void {
    this.key = newKey()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    const instead = this.instead.get(pathname)
    if (instead) return instead(response)
    if (pathname === '/.well-known/openid-configuration') return json(response, this.#discovery())
    if (pathname === '/jwks') return json(response, { keys: [this.#jwk()] })
    if (pathname === '/authorize') return this.#authorize(searchParams, response)
    if (pathname === '/token') return this.#token(request, response)
    if (!/^Bearer good-/.test(request.headers.authorization ?? ''))
      return json(response, { message: 'no' }, 401)
    if (pathname === '/emails') return json(response, this.emails)
    json(response, this.account)
  }

  #discovery = () => ({
    issuer: this.url,
    authorization_endpoint: `${this.url}/authorize`,
    token_endpoint: `${this.url}/token`,
    userinfo_endpoint: `${this.url}/user`,
    jwks_uri: `${this.url}/jwks`,
    code_challenge_methods_supported: ['S256'],
  })

  #jwk = () => ({ ...this.key.publicKey.export({ format: 'jwk' }), kid: this.key.kid, use: 'sig' })

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const fits =
      asked.get('client_id') === TestProvider.CLIENT_ID &&
      asked.get('response_type') === 'code' &&
      asked.get('code_challenge_method') === 'S256'
    if (!fits) return json(response, { error: 'invalid_request' }, 400)
    const code = randomUUID()
    const redirect_uri = asked.get('redirect_uri') ?? ''
    this.#codes.set(code, {
      redirect_uri,
      challenge: asked.get('code_challenge') ?? '',
      nonce: asked.get('nonce'),
    })
    const back = new URL(redirect_uri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', asked.get('state') ?? '')
    response.writeHead(302, { Location: back.toString() }).end()
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const form = new URLSearchParams(text)
    const code = form.get('code') ?? ''
    const asked = this.#codes.get(code)
    this.#codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!isClient(request, form)) return json(response, { error: 'invalid_client' }, 401)
    if (form.get('redirect_uri') !== asked?.redirect_uri || challenge !== asked.challenge) {
      return json(response, { error: 'invalid_grant' }, 400)
    }
    const id_token = asked.nonce === null ? undefined : this.#idToken(asked.nonce)
    json(response, { access_token: `good-${randomUUID()}`, token_type: 'Bearer', id_token })
  }

  #idToken(nonce: string): string {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: this.url, aud: TestProvider.CLIENT_ID, sub: this.account['sub'], nonce }
    const told = { ...usual, iat: now, exp: now + 300, ...this.claims }
    // What is undefined is left out, as on the wire.
    const claims = JSON.parse(JSON.stringify(told)) as object
    if (this.sign) return this.sign(claims, this.key)
    return jwt.sign(claims, this.key.privateKey, { algorithm: 'RS256', keyid: this.key.kid })
  }
}

function isClient(request: IncomingMessage, form: URLSearchParams): boolean {
  const { CLIENT_ID, CLIENT_SECRET } = TestProvider
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')
  if (request.headers.authorization === `Basic ${basic}`) return true
  return form.get('client_id') === CLIENT_ID && form.get('client_secret') === CLIENT_SECRET
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
