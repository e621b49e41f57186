/** bcrypt looks at 72 bytes and no further; one limit for all, so that old and new hashes take the same passwords. */
export const MAX_PASSWORD_BYTES = 72

export interface PasswordPolicy {
  min_length: number
  max_length: number
  require_special: boolean
}

/** Key of a message, with what it needs. */
export type PasswordFault =
  | { key: 'password.too_short'; params: { min: number } }
  | { key: 'password.too_long'; params: { max: number } }
  | { key: 'password.needs_digit' | 'password.needs_letter' | 'password.needs_special'; params?: undefined }

const SPECIAL = '!@#$%^&*()_+-=[]{};:\'",.<>?/\\|`~'

/** The first of the rules that a new password breaks, of those that need no history. */
export function passwordFault(text: string, policy: PasswordPolicy): PasswordFault | null {
  const length = [...text].length
  const limit = Math.min(policy.max_length, charactersThatFit(text))
  if (length < policy.min_length) return { key: 'password.too_short', params: { min: policy.min_length } }
  if (length > limit) return { key: 'password.too_long', params: { max: limit } }
  if (!/[0-9]/.test(text)) return { key: 'password.needs_digit' }
  if (!/[A-Za-z]/.test(text)) return { key: 'password.needs_letter' }
  if (policy.require_special && ![...text].some((char) => SPECIAL.includes(char)))
    return { key: 'password.needs_special' }
  return null
}

/** How many characters of this text fit into the byte limit; all, and any number more, when it is short enough. */
function charactersThatFit(text: string): number {
  let bytes = 0
  let count = 0
  for (const char of text) {
    bytes += Buffer.byteLength(char)
    if (bytes > MAX_PASSWORD_BYTES) return count
    count++
  }
  return Infinity
}
