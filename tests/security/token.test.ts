import { generateKeyPairSync, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { initTokens, signToken, type TokenType, verifyToken } from '../../src/security/token'

const SECRET = 'a-secret-that-is-long-enough-for-hs256'
const session = { user_id: '2048601263515930624', session_uuid: randomUUID() }
const claims = { sub: '1', session_uuid: session.session_uuid, exp: Date.now() / 1000 + 60, type: 'access' }

const without = (name: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))

const signed = (payload: object, options: jwt.SignOptions = {}) =>
  jwt.sign(payload, SECRET, { noTimestamp: true, ...options })

const refusal = (text: string, type: TokenType = 'access') => {
  try {
    verifyToken(text, type)
  } catch (error) {
    return error
  }
  return null
}

beforeEach(() => initTokens(SECRET))

it('carries exactly the claims of the contract and the type', () => {
  const { token, expires } = signToken('access', session, 86_400)

  expect(jwt.decode(token, { complete: true })).toMatchObject({ header: { alg: 'HS256', typ: 'JWT' } })
  expect(jwt.decode(token)).toEqual({
    sub: session.user_id,
    session_uuid: session.session_uuid,
    exp: expires.getTime() / 1000,
    type: 'access',
  })
})

it('gives back user, session and end', () => {
  const { token, expires } = signToken('refresh', session, 60)

  expect(verifyToken(token, 'refresh')).toEqual({ ...session, family: session.session_uuid, expires })
})

it('accepts an end with a fraction of a second, to the millisecond', () => {
  expect(refusal(signed({ ...claims, exp: Date.now() / 1000 + 0.4 }))).toBeNull()
  expect(refusal(signed({ ...claims, exp: (Date.now() - 1) / 1000 }))).toMatchObject({
    key: 'auth.token_expired',
  })
})

it('gives the same answers to a token it has seen before', () => {
  const text = signed(claims)
  const first = verifyToken(text, 'access')

  expect(verifyToken(text, 'access')).toEqual(first)
  expect(refusal(text, 'refresh')).toMatchObject({ key: 'auth.token_invalid' })
  const clock = jest.spyOn(Date, 'now').mockReturnValue(first.expires.getTime())
  expect(refusal(text)).toMatchObject({ key: 'auth.token_expired' })
  clock.mockRestore()
})

it('refuses a token it has seen before once there is another secret', () => {
  const { token } = signToken('access', session, 60)
  verifyToken(token, 'access')

  initTokens('another-secret-that-is-long-enough')

  expect(refusal(token)).toMatchObject({ key: 'auth.token_invalid' })
})

it('refuses a refresh token as access token and the other way round', () => {
  expect(refusal(signToken('refresh', session, 60).token)).toMatchObject({ key: 'auth.token_invalid' })
  expect(refusal(signToken('access', session, 60).token, 'refresh')).toMatchObject({
    key: 'auth.token_invalid',
  })
})

it.each([
  ['an empty text', ''],
  ['no token at all', 'Bearer'],
  ['three dots', '...'],
  ['a null byte', 'a.b.\0'],
  ['a missing session', signed(without('session_uuid'))],
  ['a session that could reach into other Redis keys', signed({ ...claims, session_uuid: '1:*' })],
  ['a missing user', signed(without('sub'))],
  ['a user that is no id', signed({ ...claims, sub: '1:2' })],
  ['no end', signed(without('exp'))],
  ['no type', signed(without('type'))],
  ['a text as payload', jwt.sign('hello', SECRET)],
  ['another secret', jwt.sign(claims, 'another secret')],
  ['another algorithm', signed(claims, { algorithm: 'HS512' })],
  ['no signature', jwt.sign(claims, '', { algorithm: 'none' })],
  [
    'a public key',
    jwt.sign(claims, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, { algorithm: 'RS256' }),
  ],
  ['a huge text', `${'a'.repeat(5000)}.b.c`],
])('refuses %s with 401', (_what, text) => {
  expect(refusal(text)).toMatchObject({ status: 401, key: 'auth.token_invalid' })
})

it('says that an expired token has expired, unless it is forged', () => {
  const past = { ...claims, exp: 1 }

  expect(refusal(signed(past))).toMatchObject({ status: 401, key: 'auth.token_expired' })
  expect(refusal(jwt.sign(past, 'another secret'))).toMatchObject({ key: 'auth.token_invalid' })
})

it('uses the configured algorithm', () => {
  initTokens(SECRET, 'HS512')
  const { token } = signToken('access', session, 60)

  expect(jwt.decode(token, { complete: true })?.header.alg).toBe('HS512')
  expect(refusal(token)).toBeNull()
})
