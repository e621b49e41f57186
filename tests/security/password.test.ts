import { hash as argonHash } from '@node-rs/argon2'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import {
  checkPolicy,
  generatePassword,
  hashPassword,
  isReused,
  verifyPassword,
} from '../../src/security/password'

const policy = { min_length: 6, max_length: 32, require_special: true }

const keyOf = (text: string, rules = policy) => {
  try {
    checkPolicy(text, rules)
  } catch (error) {
    return error
  }
  return null
}

describe('a stored password', () => {
  it('is an argon2id hash that never repeats', async () => {
    const [first, second] = await Promise.all([hashPassword('secret1'), hashPassword('secret1')])

    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(first).not.toBe(second)
  })

  it('is recognised, and a wrong one is not', async () => {
    const stored = await hashPassword('secret1')

    expect(await verifyPassword(stored, 'secret1')).toEqual({ ok: true, needsUpgrade: false })
    expect(await verifyPassword(stored, 'secret2')).toEqual({ ok: false, needsUpgrade: false })
  })

  it.each(['$2a$', '$2b$', '$2y$'])(
    'of bcrypt kind %s is recognised and asks for an upgrade',
    async (prefix) => {
      const stored = prefix + (await bcryptHash('secret1', 4)).slice(4)

      expect(await verifyPassword(stored, 'secret1')).toEqual({ ok: true, needsUpgrade: true })
      expect(await verifyPassword(stored, 'secret2')).toEqual({ ok: false, needsUpgrade: false })
    },
  )

  it('of weaker argon2 parameters asks for an upgrade', async () => {
    const stored = await argonHash('secret1', { memoryCost: 1024, timeCost: 1, parallelism: 1 })

    expect(await verifyPassword(stored, 'secret1')).toEqual({ ok: true, needsUpgrade: true })
  })

  it('in bcrypt is not matched by a text that only agrees in the first 72 bytes', async () => {
    const stored = await bcryptHash('a'.repeat(72), 4)

    expect((await verifyPassword(stored, 'a'.repeat(72))).ok).toBe(true)
    expect((await verifyPassword(stored, 'a'.repeat(73))).ok).toBe(false)
  })

  it.each([
    null,
    '',
    'plain text',
    '$2b$12$tooshort',
    '$2b$31$' + 'a'.repeat(53),
    '$argon2id$v=19$m=19456,t=2,p=1$!!!!$????',
    '$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo',
    '$argon2id$v=99$m=0,t=0,p=0$YQ$YQ',
  ])('that is missing or broken (%s) is no match and no error', async (stored) => {
    expect(await verifyPassword(stored, 'secret1')).toEqual({ ok: false, needsUpgrade: false })
  })

  it('is refused with 503 when too many are waiting, and works again afterwards', async () => {
    const crowd = await Promise.allSettled(
      Array.from({ length: 260 }, () => verifyPassword('$2b$04$' + 'a'.repeat(53), 'x')),
    )
    const refused = crowd.filter((one) => one.status === 'rejected').map((one): unknown => one.reason)

    expect(refused).toHaveLength(58)
    expect(refused[0]).toMatchObject({ status: 503, key: 'request.busy' })
    expect((await verifyPassword(await hashPassword('secret1'), 'secret1')).ok).toBe(true)
  })
})

describe('the policy', () => {
  it.each([
    ['a1!', { key: 'password.too_short', params: { min: 6 } }],
    ['a1!'.repeat(11), { key: 'password.too_long', params: { max: 32 } }],
    ['中'.repeat(30), { key: 'password.too_long', params: { max: 24 } }],
    ['abcdef', { key: 'password.needs_digit' }],
    ['123456', { key: 'password.needs_letter' }],
    ['密码密码密码1', { key: 'password.needs_letter' }],
    ['abc123', { key: 'password.needs_special' }],
  ])('refuses %s', (text, problem) => {
    expect(keyOf(text)).toMatchObject({ status: 400, ...problem })
  })

  it.each(['abc12!', 'a1!'.repeat(10), '密码密码a1~', 'abc12\\'])('accepts %s', (text) => {
    expect(keyOf(text)).toBeNull()
  })

  it('counts characters as people do, not UTF-16 units', () => {
    expect(keyOf('😀😀a1', { ...policy, require_special: false })).toMatchObject({
      key: 'password.too_short',
    })
  })

  it('asks for no special character unless told to', () => {
    expect(keyOf('abc123', { ...policy, require_special: false })).toBeNull()
  })

  it('is satisfied by every generated password', () => {
    const made = Array.from({ length: 200 }, () => generatePassword({ ...policy, max_length: 12 }))

    expect(made.map((text) => keyOf(text))).toEqual(made.map(() => null))
    expect(new Set(made).size).toBe(200)
    expect(generatePassword()).toHaveLength(16)
  })
})

it('finds a password among earlier ones', async () => {
  const earlier = await Promise.all(['first1', 'second2'].map(hashPassword))

  expect(await isReused('second2', earlier)).toBe(true)
  expect(await isReused('third3', earlier)).toBe(false)
})
