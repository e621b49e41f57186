/**
 * The lines of a log that have come since it was last seen. A log is cut off at its beginning when it grows too long,
 * and begins anew with every attempt.
 */
export function newLines(seen: string, log: string): string[] {
  return linesOf(log.slice(beginOfNew(seen, log)))
}

function beginOfNew(seen: string, log: string): number {
  if (log.startsWith(seen)) return seen.length
  const lastLine = linesOf(seen).at(-1)
  if (lastLine === undefined) return 0
  const at = log.lastIndexOf(`${lastLine}\n`)
  return at < 0 ? 0 : at + lastLine.length + 1
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')
