/** Steps of a typist between two words: letters left out, added, replaced, or two exchanged. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1)
      const isExchange = letter === to[at - 2] && from[index - 1] === to[at - 1]
      const exchanged = isExchange ? (before[at - 2] ?? Infinity) + 1 : Infinity
      next.push(Math.min(replaced, exchanged, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}

/** The known word that was probably meant; null when none is near (a quarter of the letters, four at most). */
export function nearest(word: string, known: readonly string[]): string | null {
  const limit = Math.min(4, Math.floor(word.length / 4))
  const ranked = known.map((one) => ({ one, steps: distance(word.toUpperCase(), one.toUpperCase()) }))
  const best = ranked.sort((a, b) => a.steps - b.steps)[0]
  return best !== undefined && best.steps <= limit ? best.one : null
}
