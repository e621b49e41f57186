import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import jwt, { type Algorithm, type JwtHeader } from 'jsonwebtoken'
import { z } from '#core'
import type { Live } from '../config'
import { ask, failed } from './outgoing'
import { Sid } from './profile'
import { Remembered } from './remembered'

/** Signatures with a public key only: a secret that both sides know, or none, would prove nothing. */
const ALGORITHMS: Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
]

/** Seconds by which the issuer's clock may be wrong. */
const CLOCK_TOLERANCE = 60

const Claims = z.looseObject({
  sub: Sid,
  exp: z.number(),
  iat: z.number(),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
})
export type Claims = z.output<typeof Claims>

export interface Expected {
  issuer: string
  /** Our client id. */
  audience: string
  nonce: string
}

/**
 * Who the ID token says has signed in.
 * @throws 502 unless the issuer signed it with one of its keys, for us, for this very sign-in, and it is still good
 */
export async function readIdToken(
  token: string | null,
  jwksUri: string,
  { issuer, audience, nonce }: Expected,
  live: Live,
): Promise<Claims> {
  const header = token === null ? undefined : jwt.decode(token, { complete: true })?.header
  if (token === null || !header) throw failed(new Error('there is no ID token'))
  const key = await keyFor(header, jwksUri, live)
  try {
    const rules = { algorithms: ALGORITHMS, issuer, audience, nonce, clockTolerance: CLOCK_TOLERANCE }
    const claims = Claims.parse(jwt.verify(token, key, rules))
    // For several audiences, or said to be for another: the issuer must have meant us.
    const party = claims.azp ?? (Array.isArray(claims.aud) && claims.aud.length > 1 ? null : audience)
    if (party !== audience) throw new Error('the ID token is for somebody else')
    return claims
  } catch (error) {
    throw failed(error)
  }
}

const Key = z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() })
const KeySet = z.object({ keys: z.array(z.unknown()) })
type Key = z.output<typeof Key>

const TEN_MINUTES = 600_000
const NOT_AT_ALL = 0
const keySets = new Remembered<Key[]>(TEN_MINUTES)

/** Issuers exchange their keys without notice, so a key that is not known is looked for once more. */
async function keyFor(header: JwtHeader, jwksUri: string, live: Live): Promise<KeyObject> {
  const load = () => loadKeys(jwksUri, live)
  const key =
    choose(await keySets.get(jwksUri, load), header) ??
    choose(await keySets.get(jwksUri, load, NOT_AT_ALL), header)
  if (!key) throw failed(new Error('the ID token is signed with a key the issuer does not have'))
  try {
    const jwk: JsonWebKey = key
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (error) {
    throw failed(error)
  }
}

async function loadKeys(jwksUri: string, live: Live): Promise<Key[]> {
  const set = KeySet.safeParse(await ask(jwksUri, live))
  if (!set.success) throw failed(new Error(`${jwksUri} is no set of keys`))
  return set.data.keys.flatMap((one) => Key.safeParse(one).data ?? [])
}

/** By its name; a token without one fits only where there is no choice. */
function choose(keys: Key[], { kid, alg }: JwtHeader): Key | undefined {
  const type = alg.startsWith('ES') ? 'EC' : 'RSA'
  const fit = keys.filter((key) => key.kty === type && key.use !== 'enc')
  if (kid !== undefined) return fit.find((key) => key.kid === kid)
  return fit.length === 1 ? fit[0] : undefined
}
