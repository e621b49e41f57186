import { Secret, TOTP } from 'otpauth'
import {
  newRecoveryCodes,
  newSecret,
  otpauthUri,
  qrDataUrl,
  useRecoveryCode,
  verifyCode,
} from '../../src/security/totp'

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const now = 1_800_000_010_000
const step = Math.floor(now / 30_000)
const codeAt = (timestamp: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })

describe('a code', () => {
  it('agrees with the test vector of RFC 6238', () => {
    const known = Secret.fromLatin1('12345678901234567890').base32

    expect(verifyCode(known, '081804', { now: 1_111_111_109_000 })).toBe(37_037_036)
  })

  it.each([-1, 0, 1])('is good when the clocks differ by %i steps', (off) => {
    expect(verifyCode(secret, codeAt(now + off * 30_000), { now })).toBe(step + off)
  })

  it.each([-2, 2, 100])('is bad when they differ by %i steps', (off) => {
    expect(verifyCode(secret, codeAt(now + off * 30_000), { now })).toBeNull()
  })

  it('works once, and no older one works after it', () => {
    expect(verifyCode(secret, codeAt(now), { now, lastStep: step - 1 })).toBe(step)
    expect(verifyCode(secret, codeAt(now), { now, lastStep: step })).toBeNull()
    expect(verifyCode(secret, codeAt(now - 30_000), { now, lastStep: step })).toBeNull()
  })

  it('may be typed with a blank in the middle', () => {
    const code = codeAt(now)

    expect(verifyCode(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, { now })).toBe(step)
  })

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12345\0'])('%j is none', (code) => {
    expect(verifyCode(secret, code, { now })).toBeNull()
  })
})

describe('enrolling', () => {
  it('makes another secret of 160 bits every time', () => {
    const made = Array.from({ length: 20 }, newSecret)

    expect(new Set(made).size).toBe(20)
    expect(made.map((one) => Secret.fromBase32(one).bytes.length)).toEqual(made.map(() => 20))
  })

  it('gives an address that authenticator apps read', () => {
    const uri = otpauthUri(secret, 'bob:smith@example.com', 'Steward & Co')

    expect(uri).toBe(
      `otpauth://totp/Steward%20%26%20Co:bob%3Asmith%40example.com?issuer=Steward%20%26%20Co&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    )
  })

  it('draws it as a picture', async () => {
    expect(await qrDataUrl(otpauthUri(secret, 'bob', 'Steward'))).toMatch(/^data:image\/png;base64,iVBOR/)
  })
})

describe('recovery codes', () => {
  const { codes, hashes } = newRecoveryCodes()
  const [first = ''] = codes

  it('are ten different ones, of which only hashes are kept', () => {
    expect(new Set(codes).size).toBe(10)
    expect(codes.every((code) => /^([2-9a-z]{4}-){3}[2-9a-z]{4}$/.test(code))).toBe(true)
    expect(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true)
  })

  it('work once each', () => {
    const left = useRecoveryCode(hashes, first)

    expect(left).toEqual(hashes.slice(1))
    expect(useRecoveryCode(left ?? [], first)).toBeNull()
  })

  it('may be typed without dashes and in capitals', () => {
    expect(useRecoveryCode(hashes, ` ${first.replaceAll('-', '').toUpperCase()} `)).toHaveLength(9)
  })

  it.each(['', 'nope', hashes[0] ?? ''])('%s is none of them', (code) => {
    expect(useRecoveryCode(hashes, code)).toBeNull()
  })
})
