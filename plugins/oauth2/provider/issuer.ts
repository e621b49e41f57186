import { z } from '#core'
import type { Issuer, Live } from '../config'
import { readIdToken, type Claims } from './id-token'
import { ask, failed } from './outgoing'
import { Address, Email, Words, Yes, type Profile } from './profile'
import type { Granted, Provider } from './provider'
import { Remembered } from './remembered'

const web = z.url({ protocol: /^https?$/ })

/** What an issuer publishes about itself. */
const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: web,
  token_endpoint: web,
  userinfo_endpoint: web.nullish(),
  jwks_uri: web,
})
type Discovery = z.output<typeof Discovery>

const HOUR = 3_600_000
const discovered = new Remembered<Discovery>(HOUR)

/** @throws 502 where the issuer does not answer, or says it is somebody else */
async function discover(issuer: string, live: Live): Promise<Discovery> {
  return discovered.get(issuer, async () => {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const found = Discovery.safeParse(await ask(address, live))
    if (!found.success) throw failed(new Error(`${address} is no discovery document`))
    if (found.data.issuer !== issuer) throw failed(new Error(`${address} is about ${found.data.issuer}`))
    return found.data
  })
}

/** An OpenID Connect issuer, ready to be asked. @throws 502 */
export async function issuerProvider(told: z.output<typeof Issuer>, live: Live): Promise<Provider> {
  const found = await discover(told.issuer, live)
  return {
    ...told,
    endpoints: {
      authorize: found.authorization_endpoint,
      token: found.token_endpoint,
      user_info: found.userinfo_endpoint ?? null,
    },
    readProfile: (granted) => readProfile(told, found, granted, live),
  }
}

const Person = z.object({
  preferred_username: Words,
  name: Words,
  given_name: Words,
  email: Email,
  email_verified: Yes,
  picture: Address,
})

async function readProfile(
  told: z.output<typeof Issuer>,
  found: Discovery,
  granted: Granted,
  live: Live,
): Promise<Profile> {
  const expected = { issuer: told.issuer, audience: told.client_id, nonce: granted.nonce }
  const claims = await readIdToken(granted.id_token, found.jwks_uri, expected, live)
  const person = Person.parse(await personOf(claims, found, granted, live))
  return {
    sid: claims.sub,
    username: person.preferred_username ?? person.name ?? null,
    nickname: person.name ?? person.given_name ?? null,
    email: person.email ?? null,
    email_verified: person.email_verified,
    avatar: person.picture ?? null,
  }
}

/** Many issuers put nothing but the id into the token, and the rest behind the endpoint for it. */
async function personOf(claims: Claims, found: Discovery, granted: Granted, live: Live): Promise<object> {
  if (claims['email'] !== undefined || !found.userinfo_endpoint) return claims
  const answer = z
    .looseObject({ sub: z.string() })
    .parse(await ask(found.userinfo_endpoint, live, granted.access_token))
  if (answer.sub !== claims.sub) throw failed(new Error('the user info is about somebody else'))
  return { ...claims, ...answer }
}
