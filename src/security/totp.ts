import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** The second factor: codes of an authenticator app that change every 30 seconds, and recovery codes for when it is lost. */

/** What all authenticator apps understand. */
const KIND = { algorithm: 'SHA1', digits: 6, period: 30 } as const

/** A new secret of 160 bits, in base32. */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** The address that an authenticator app takes a secret from. */
export function otpauthUri(secret: string, username: string, issuer: string): string {
  return new TOTP({ ...KIND, secret: Secret.fromBase32(secret), issuer, label: username }).toString()
}

/** That address as a picture, a `data:` URL of a PNG. */
export async function qrDataUrl(uri: string): Promise<string> {
  const { toDataURL } = await import('qrcode')
  return toDataURL(uri, { margin: 2, width: 240 })
}

/**
 * Checks a code; those of the previous and the next 30 seconds are good as well.
 * @param options.lastStep what this function returned for the last code that was used: neither that code nor an
 *   older one works again
 * @param options.now milliseconds, for tests
 * @returns the step of the code, to be kept as the new `lastStep`; null when the code is wrong
 */
export function verifyCode(
  secret: string,
  code: string,
  { lastStep = null, now = Date.now() }: { lastStep?: number | null; now?: number } = {},
): number | null {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = TOTP.validate({
    ...KIND,
    token,
    secret: Secret.fromBase32(secret),
    timestamp: now,
    window: 1,
  })
  if (delta === null) return null
  const step = TOTP.counter({ period: KIND.period, timestamp: now }) + delta
  return lastStep !== null && step <= lastStep ? null : step
}

const RECOVERY_CODES = 10
/** Without 0 o, 1 l i. */
const SIGNS = '23456789abcdefghjkmnpqrstuvwxyz'

/** Codes that work once each, to be shown once; only their hashes are to be kept. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  return { codes, hashes: codes.map(hashOf) }
}

/** 79 random bits, too many to be found by trying even when the hash is known, so a fast hash is enough. */
function newRecoveryCode(): string {
  const signs = Array.from({ length: 16 }, () => SIGNS.charAt(randomInt(SIGNS.length))).join('')
  return signs.replace(/(.{4})(?=.)/g, '$1-')
}

/** As people type them: capitals, blanks and dashes do not matter. */
const hashOf = (code: string) =>
  createHash('sha256').update(code.toLowerCase().replace(/[\s-]/g, '')).digest('hex')

/** @returns the hashes that are left after this code was used; null when it is none of them */
export function useRecoveryCode(hashes: string[], code: string): string[] | null {
  const wanted = Buffer.from(hashOf(code))
  const left = hashes.filter((hash) => !isEqual(Buffer.from(hash), wanted))
  return left.length < hashes.length ? left : null
}

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)
