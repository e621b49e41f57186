import { wellFormed } from '../utils/well-formed'

const MASK = '[REDACTED]'
const MAX_BYTES = 10_240
const MAX_DEPTH = 8

/** Copies input for the log with every secret key masked at any depth. */
export function maskSecrets(value: unknown, isSecret: (key: string) => boolean, depth = 0): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (Array.isArray(value)) return value.slice(0, 200).map((item) => maskSecrets(item, isSecret, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      wellFormed(key),
      isSecret(key) && inner !== null ? MASK : maskSecrets(inner, isSecret, depth + 1),
    ]),
  )
}

/** Replaces arguments whose JSON text is over 10 KiB by a preview (contract 6.4). */
export const truncate = (args: Record<string, unknown>): Record<string, unknown> =>
  preview(args, MAX_BYTES, 'arguments were') ?? args

/**
 * What stands for a value whose JSON text is too long: a mark, its size and its beginning.
 * @param what begins the sentence of the mark, e.g. `the result was`
 * @returns null where it is short enough
 */
export function preview(value: unknown, max: number, what: string): Record<string, unknown> | null {
  const json = JSON.stringify(value) ?? 'null'
  const size = Buffer.byteLength(json)
  if (size <= max) return null
  return {
    _truncated: true,
    _original_size: size,
    _max_size: max,
    _message: `${what} longer than ${max} bytes`,
    data_preview: wellFormed(json.slice(0, max)),
  }
}
