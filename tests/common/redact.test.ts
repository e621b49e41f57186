import fc from '../support/property'
import { isSecretKey, MASK, redact } from '../../src/common/redact'

describe('isSecretKey', () => {
  it.each([
    'password',
    'old_password',
    'newPassword',
    'New-Password',
    'access_token',
    'refreshToken',
    'client_secret',
    'Authorization',
    'set-cookie',
    'api_key',
    'privateKey',
    'salt',
    'mfa_code',
    'mfa_secret',
    'totpSecret',
    'recovery_code',
    'mfa_recovery_codes',
  ])('knows %s', (key) => {
    expect(isSecretKey(key)).toBe(true)
  })

  it.each(['username', 'max_tokens', 'path', 'secretary', 'cookie_policy', 'id'])('lets %s pass', (key) => {
    expect(isSecretKey(key)).toBe(false)
  })
})

describe('redact', () => {
  it('gives back the very same value when nothing is secret', () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom('name', 'list', 'id') }), (value) => {
        expect(redact(value)).toBe(value)
      }),
    )
  })

  it('takes a list with what is not a number for unchanged', () => {
    const list = [Number.NaN, { name: Number.NaN }]

    expect(redact(list)).toBe(list)
  })

  it('never changes what it was given', () => {
    const value = { user: { password: 'p', roles: [{ token: 't' }] } }

    const copy = redact(value)

    expect(copy).toEqual({ user: { password: MASK, roles: [{ token: MASK }] } })
    expect(value).toEqual({ user: { password: 'p', roles: [{ token: 't' }] } })
  })

  it('hides the whole value of a secret, whatever it is, and leaves an absent one absent', () => {
    expect(redact({ token: { a: 1 }, secret: [1], password: null, salt: undefined })).toEqual({
      token: MASK,
      secret: MASK,
      password: null,
      salt: undefined,
    })
  })

  it('leaves dates and errors as they are', () => {
    const value = { at: new Date(0), err: new Error('x') }

    expect(redact(value)).toBe(value)
  })

  it('takes another rule', () => {
    expect(redact({ a: { pin: 1, password: 'p' } }, (key) => key === 'pin')).toEqual({
      a: { pin: MASK, password: 'p' },
    })
  })

  it('cuts off what is nested without end', () => {
    const value: Record<string, unknown> = { password: 'p' }
    value.self = value

    expect(JSON.stringify(redact(value))).not.toContain('"p"')
  })
})
