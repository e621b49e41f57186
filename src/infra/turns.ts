/** So many jobs in hand beside each that may run, at most. */
const MOST_AHEAD = 31
/** A job is not taken unless its turn is likely to come within this time. */
const AHEAD_MS = 50
/** And is given back when it has not come within this. */
const PATIENCE_MS = 1000
/** Until work has shown how long it takes, it is taken to be long. */
const LONG_MS = 1000
/** Of the newest duration, in the mean. */
const WEIGHT = 0.1

/**
 * Turns of the jobs of one queue: `atOnce` of them run, and as long as they are short, some more are in hand, so that
 * many share the commits that begin and end them. Jobs that take long are never kept from other workers.
 */
export class Turns {
  #running = 0
  #meanMs = LONG_MS
  readonly #waiting = new Set<() => void>()

  constructor(private readonly atOnce: number) {}

  /** How many jobs may be in hand, those that run included. */
  get most(): number {
    const ahead = Math.min(AHEAD_MS / this.#meanMs, MOST_AHEAD)
    return this.atOnce + Math.floor(this.atOnce * ahead)
  }

  /**
   * Waits for a turn, in the order of asking.
   * @returns what ends it; null when none came in time, and the job should go to whoever has one
   */
  take(): Promise<(() => void) | null> {
    if (this.#running < this.atOnce) return Promise.resolve(this.#begin())
    return new Promise((resolve) => {
      const begin = () => {
        clearTimeout(timer)
        this.#waiting.delete(begin)
        resolve(this.#begin())
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(begin)
        resolve(null)
      }, PATIENCE_MS)
      this.#waiting.add(begin)
    })
  }

  #begin(): () => void {
    this.#running += 1
    const begun = performance.now()
    return () => {
      this.#running -= 1
      this.#meanMs += WEIGHT * (performance.now() - begun - this.#meanMs)
      const [next] = this.#waiting
      next?.()
    }
  }
}
