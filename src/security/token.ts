import { createSecretKey, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import { type AppError, unauthorized } from '../common/errors'
import { env, type Env } from '../config/env'

export type TokenType = 'access' | 'refresh'
export type TokenAlgorithm = Env['TOKEN_ALGORITHM']

export interface TokenClaims {
  user_id: string
  session_uuid: string
  /** The log-in that a session and all its renewals go back to; a session that was never renewed is its own. */
  family: string
  expires: Date
}

export interface TokenSubject {
  user_id: string
  session_uuid: string
  family?: string
}

const UUID_LIKE = /^[\w-]{1,64}$/

/** Real tokens have some 250 characters; longer texts are not worth decoding. */
const MAX_LENGTH = 4096

/**
 * What tokens say whose signature was found good: it depends on nothing but the text and the key, so it is checked once
 * per token and not once per request (a tenth of what a read costs otherwise).
 */
const known = new LRUCache<string, { claims: TokenClaims; type: TokenType }>({ max: 5000 })

let signer: { key: KeyObject; algorithm: TokenAlgorithm } | undefined

/** Sets the secret and the algorithm of all tokens; to be called once, at start. */
export function initTokens(secret: string, algorithm: TokenAlgorithm = env.TOKEN_ALGORITHM): void {
  // As a KeyObject: with a plain text jsonwebtoken prepares the key anew on every call, which takes 50 times as long.
  signer = { key: createSecretKey(Buffer.from(secret)), algorithm }
  known.clear()
}

/** Makes a token of one session that ends `lifetime` seconds from now. */
export function signToken(
  type: TokenType,
  session: TokenSubject,
  lifetime: number,
): { token: string; expires: Date } {
  const { key, algorithm } = ready()
  const expires = new Date(Date.now() + lifetime * 1000)
  const claims = {
    session_uuid: session.session_uuid,
    exp: expires.getTime() / 1000,
    sub: session.user_id,
    type,
    ...(session.family !== undefined && { family: session.family }),
  }
  return { token: jwt.sign(claims, key, { algorithm, noTimestamp: true }), expires }
}

/**
 * Checks signature, end and type of a token. Whether its session still lives is not known here.
 * @throws 401 `auth.token_expired`, or `auth.token_invalid` for everything else
 */
export function verifyToken(text: string, type: TokenType): TokenClaims {
  const found = known.get(text)
  if (!found) return remember(text, read(text, type), type)
  if (found.claims.expires.getTime() <= Date.now()) throw unauthorized('auth.token_expired')
  if (found.type !== type) throw invalidToken()
  return found.claims
}

function remember(text: string, claims: TokenClaims, type: TokenType): TokenClaims {
  known.set(text, { claims, type })
  return claims
}

function read(text: string, type: TokenType): TokenClaims {
  const claims = decode(text)
  const { sub, session_uuid, exp, family = session_uuid } = claims
  if (typeof sub !== 'string' || !/^\d{1,20}$/.test(sub)) throw invalidToken()
  if (typeof session_uuid !== 'string' || !UUID_LIKE.test(session_uuid)) throw invalidToken()
  if (typeof family !== 'string' || !UUID_LIKE.test(family)) throw invalidToken()
  if (typeof exp !== 'number' || !Number.isFinite(exp) || claims.type !== type) throw invalidToken()
  return { user_id: sub, session_uuid, family, expires: new Date(exp * 1000) }
}

function decode(text: string): Record<string, unknown> {
  if (text.length > MAX_LENGTH) throw invalidToken()
  const { key, algorithm } = ready()
  try {
    // The library compares with whole seconds by itself; ours end on the millisecond.
    const claims = jwt.verify(text, key, { algorithms: [algorithm], clockTimestamp: Date.now() / 1000 })
    if (typeof claims === 'object') return claims
  } catch (error) {
    throw error instanceof jwt.TokenExpiredError ? unauthorized('auth.token_expired') : invalidToken()
  }
  throw invalidToken()
}

const invalidToken = (): AppError => unauthorized('auth.token_invalid')

function ready() {
  if (!signer) throw new Error('initTokens() has not been called')
  return signer
}
