import { createHash, randomBytes } from 'node:crypto'
import { z } from '#core'
import type { Live } from '../config'
import { failed, outgoing } from './outgoing'
import type { Granted, Provider } from './provider'

/** What ties the end of a sign-in to its beginning. */
export interface Ties {
  state: string
  /** PKCE: only its hash leaves before the code comes back. */
  verifier: string
  nonce: string
}

export const newSecret = () => randomBytes(32).toString('base64url')

async function clientOf(provider: Provider, http: object = {}) {
  // With what it needs it weighs more than the rest of the plugin; many servers never see such a sign-in.
  const { AuthorizationCode } = await import('simple-oauth2')
  const authorize = new URL(provider.endpoints.authorize)
  const token = new URL(provider.endpoints.token)
  return new AuthorizationCode({
    client: { id: provider.client_id, secret: provider.client_secret },
    auth: {
      authorizeHost: authorize.origin,
      authorizePath: authorize.pathname + authorize.search,
      tokenHost: token.origin,
      tokenPath: token.pathname + token.search,
    },
    options: { authorizationMethod: provider.secret_in },
    http,
  })
}

/** Where the browser has to go. */
export async function authorizationUrl(
  provider: Provider,
  { state, verifier, nonce }: Ties,
): Promise<string> {
  const pkce = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  const client = await clientOf(provider)
  return client.authorizeURL({
    redirect_uri: provider.redirect_uri,
    scope: provider.scope,
    state,
    ...pkce,
    ...(provider.issuer !== null && { nonce }),
  })
}

const Token = z.object({ access_token: z.string().min(1), id_token: z.string().nullish() })

/** Exchanges the code that the browser brought. @throws 502 `oauth2.provider_failed` */
export async function exchange(
  provider: Provider,
  code: string,
  { verifier, nonce }: Ties,
  live: Live,
): Promise<Granted> {
  const client = await clientOf(provider, outgoing(provider.endpoints.token, live))
  const asked = { code, redirect_uri: provider.redirect_uri, code_verifier: verifier }
  try {
    const { token } = await client.getToken(asked)
    // GitHub says "no" with status 200.
    const { access_token, id_token } = Token.parse(token)
    return { access_token, id_token: id_token ?? null, nonce }
  } catch (error) {
    throw failed(error)
  }
}
