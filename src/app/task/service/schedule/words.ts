import { hasWords, type Call } from '#core'

/** What a reason is called in the caller's language. */
export function wordsOf(call: Call, reason: string, detail: string | null = null): string {
  const key = `tick.${reason}`
  const words = hasWords(call.language, key) ? call.t(key) : reason
  return detail ? `${words} (${detail})` : words
}
