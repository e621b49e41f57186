import { randomInt } from 'node:crypto'
import { hash as argonHash, type Options, verify as argonVerify } from '@node-rs/argon2'
import { verify as bcryptVerify } from '@node-rs/bcrypt'
import { badRequest, unavailable } from '../common/errors'
import { MAX_PASSWORD_BYTES, passwordFault, type PasswordPolicy } from '../common/password-rule'
import { liveEnv } from '../config/live'
import { LineFull, QueueUp } from '../utils/queue-up'

/** argon2id, the package's default kind, with the parameters OWASP names first. About 20 ms of one thread. */
const COST: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$'

/** Well-formed and of bearable cost: a row with m=4294967295 must not take the machine down. */
const ARGON = /^\$argon2(?:id|i|d)\$v=\d+\$m=\d{1,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/

/** Hashing occupies threads that files, DNS and SQLite need too, hence few at once. */
const line = new QueueUp(2, 200)

async function inLine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await line.run(work)
  } catch (error) {
    if (error instanceof LineFull) throw unavailable('request.busy', error)
    throw error
  }
}

/** @throws 503 when too many are waiting to be hashed */
export function hashPassword(text: string): Promise<string> {
  return inLine(() => argonHash(text, COST))
}

/**
 * Compares a password with a stored hash, argon2 or bcrypt. No hash, or a broken one, takes as long as a wrong password.
 * @returns needsUpgrade when the password is right and should be hashed again with today's parameters
 * @throws 503 when too many are waiting
 */
export async function verifyPassword(
  stored: string | null,
  text: string,
): Promise<{ ok: boolean; needsUpgrade: boolean }> {
  const ok = await inLine(() => matches(stored ?? '', text))
  return { ok, needsUpgrade: ok && !stored?.startsWith(CURRENT) }
}

async function matches(stored: string, text: string): Promise<boolean> {
  const check = BCRYPT.test(stored)
    ? bcryptVerify(text, stored)
    : ARGON.test(stored)
      ? argonVerify(stored, text)
      : null
  const tooLong = Buffer.byteLength(text) > MAX_PASSWORD_BYTES
  if (check) return (await check.catch(() => false)) && !tooLong
  await argonHash(text, COST)
  return false
}

/** What new passwords must obey at this moment. */
export async function passwordPolicy(): Promise<PasswordPolicy> {
  const live = await liveEnv()
  return {
    min_length: live.USER_PASSWORD_MIN_LENGTH,
    max_length: live.USER_PASSWORD_MAX_LENGTH,
    require_special: live.USER_PASSWORD_REQUIRE_SPECIAL_CHAR,
  }
}

/**
 * Checks a new password against the rules that need no history.
 * @throws 400 `password.too_short`, `.too_long`, `.needs_digit`, `.needs_letter` or `.needs_special`, in this order
 */
export function checkPolicy(text: string, policy: PasswordPolicy): void {
  const fault = passwordFault(text, policy)
  if (fault) throw badRequest(fault.key, fault.params)
}

/** Whether a password is one of those behind the given hashes. */
export async function isReused(text: string, hashes: string[]): Promise<boolean> {
  for (const stored of hashes) {
    if ((await verifyPassword(stored, text)).ok) return true
  }
  return false
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
const DIGITS = '23456789'
const MARKS = '!@#%*+-=?'

/** A random password that satisfies the policy: 16 characters where the policy has room, none that look alike. */
export function generatePassword(policy?: PasswordPolicy): string {
  const length = policy ? Math.min(Math.max(16, policy.min_length), policy.max_length) : 16
  const chars = [pick(LETTERS), pick(DIGITS), pick(MARKS)]
  while (chars.length < length) chars.push(pick(LETTERS + DIGITS))
  return shuffle(chars).join('')
}

const pick = (alphabet: string) => alphabet.charAt(randomInt(alphabet.length))

function shuffle(chars: string[]): string[] {
  const rest = [...chars]
  return chars.map(() => rest.splice(randomInt(rest.length), 1).join(''))
}
