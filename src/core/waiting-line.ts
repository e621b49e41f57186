const SHORTEST_MS = 200
const LONGEST_MS = 15_000
/** Of the last run times, how much the newest counts. */
const NEWEST = 0.2

/** Jobs that stepped back because what they need is taken: when each comes back, by line. */
const waiting = new Map<string, Map<string, number>>()
/** How long a run takes, by line, in milliseconds. */
const usual = new Map<string, number>()

/**
 * Puts a job at the end of a line.
 * @param limit how many are served at once
 * @returns milliseconds until its turn should come, so that a long line does not ask without pause
 */
export function stepBack(name: string, limit: number, id: string): number {
  const known = waiting.get(name) ?? new Map<string, number>()
  waiting.set(name, known)
  const moment = Date.now()
  for (const [other, until] of known) if (until < moment) known.delete(other)
  const pause = ((known.size + 1) / limit) * (usual.get(name) ?? SHORTEST_MS)
  const bounded = Math.min(Math.max(pause, SHORTEST_MS), LONGEST_MS) * (0.9 + Math.random() * 0.2)
  known.set(id, moment + bounded)
  return Math.round(bounded)
}

/** The job has come to the head of the line. */
export function isNext(name: string, id: string): void {
  waiting.get(name)?.delete(id)
}

/** Remembers how long one was served. */
export function learn(name: string, took: number): void {
  usual.set(name, (usual.get(name) ?? took) * (1 - NEWEST) + took * NEWEST)
}
