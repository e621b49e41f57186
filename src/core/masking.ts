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
export function truncate(args: Record<string, unknown>): Record<string, unknown> {
  const json = JSON.stringify(args)
  const size = Buffer.byteLength(json)
  if (size <= MAX_BYTES) return args
  return {
    _truncated: true,
    _original_size: size,
    _max_size: MAX_BYTES,
    _message: `arguments were longer than ${MAX_BYTES} bytes`,
    data_preview: wellFormed(json.slice(0, MAX_BYTES)),
  }
}
