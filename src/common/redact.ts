export const MASK = '******'
const MAX_DEPTH = 12

const ENDINGS = [
  'password',
  'passwd',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'secretkey',
  'signingkey',
  'credential',
  'credentials',
  'mfacode',
  'recoverycode',
  'recoverycodes',
]
const NAMES = new Set([
  'pwd',
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'salt',
  'otp',
  'totp',
])

/** The answer for each key that was asked about: log lines have the same few keys again and again. */
const answers = new Map<string, boolean>()
const MAX_ANSWERS = 2000

/** Whether a key, in any spelling (`new_password`, `newPassword`, `New-Password`), names a secret. */
export function isSecretKey(key: string): boolean {
  const known = answers.get(key)
  if (known !== undefined) return known
  const plain = key.toLowerCase().replace(/[-_.\s]/g, '')
  const answer = NAMES.has(plain) || ENDINGS.some((ending) => plain.endsWith(ending))
  if (answers.size >= MAX_ANSWERS) answers.clear()
  answers.set(key, answer)
  return answer
}

/**
 * Copies a value with secrets masked, at any depth of plain objects and lists. Where nothing is secret the value itself
 * comes back. Other objects (dates, errors, instances) are left alone; nesting beyond twelve levels is cut off.
 * @param isSecret decides by the key; an addition to, or the default `isSecretKey`
 */
export function redact(value: unknown, isSecret: (key: string) => boolean = isSecretKey, depth = 0): unknown {
  if (Array.isArray(value)) return depth > MAX_DEPTH ? '[deep]' : redactList(value, isSecret, depth)
  if (isPlain(value)) return depth > MAX_DEPTH ? '[deep]' : redactRecord(value, isSecret, depth)
  return value
}

function redactList(list: unknown[], isSecret: (key: string) => boolean, depth: number): unknown[] {
  const copy = list.map((item) => redact(item, isSecret, depth + 1))
  return copy.every((item, index) => Object.is(item, list[index])) ? list : copy
}

/** `redact` for a record, such as the fields of a log line. */
export function redactRecord(
  record: Record<string, unknown>,
  isSecret: (key: string) => boolean = isSecretKey,
  depth = 0,
): Record<string, unknown> {
  let copy: Record<string, unknown> | null = null
  for (const key of Object.keys(record)) {
    const value = record[key]
    if (value === null || value === undefined) continue
    const shown = isSecret(key)
      ? MASK
      : typeof value === 'object'
        ? redact(value, isSecret, depth + 1)
        : value
    if (Object.is(shown, value)) continue
    copy ??= { ...record }
    copy[key] = shown
  }
  return copy ?? record
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
