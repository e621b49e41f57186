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

/** Ends a turn. @param isTypical false where it tells nothing about how long jobs take, since none was done */
export type EndTurn = (isTypical?: boolean) => void

/**
 * Turns of the jobs of one queue: `atOnce` of them run, and as long as they are short, some more are in hand, so that
 * many share the commits that begin and end them. Jobs that take long are never kept from other workers.
 */
export class Turns {
  /** When each of the jobs that run began. */
  readonly #running = new Set<{ begun: number }>()
  #meanMs = LONG_MS
  readonly #waiting = new Set<() => void>()

  constructor(private readonly atOnce: number) {}

  /** How many jobs may be in hand, those that run included. Behind those that have run for long nobody waits. */
  get most(): number {
    const ahead = Math.min(AHEAD_MS / this.#meanMs, MOST_AHEAD)
    const earliest = performance.now() - AHEAD_MS
    let quick = this.atOnce
    for (const { begun } of this.#running) if (begun < earliest) quick -= 1
    return this.atOnce + Math.floor(quick * ahead)
  }

  /**
   * Waits for a turn, in the order of asking.
   * @returns what ends it; null when none came in time, and the job should go to whoever has one
   */
  take(): Promise<EndTurn | null> {
    if (this.#running.size < this.atOnce) return Promise.resolve(this.#begin())
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

  #begin(): EndTurn {
    const one = { begun: performance.now() }
    this.#running.add(one)
    return (isTypical = true) => {
      this.#running.delete(one)
      if (isTypical) this.#meanMs += WEIGHT * (performance.now() - one.begun - this.#meanMs)
      const [next] = this.#waiting
      next?.()
    }
  }
}
