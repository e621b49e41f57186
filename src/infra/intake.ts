import { setImmediate as rest, setTimeout as sleep } from 'node:timers/promises'
import { logger } from './logger'

const PAUSE_AFTER_FAULT_MS = 1000

export interface Source<Job> {
  /** The next job; null when there is none, after a wait if there was none before. */
  next(): Promise<Job | null>
  /** Works on it, until the queue knows that it is done. @returns the next one, unless it was to be the last or none waits */
  process(job: Job, isLast: boolean): Promise<Job | null>
  /** How many jobs may be in hand at present. */
  most(): number
}

/** Takes jobs as long as there is room for them, many at once where many wait. */
export class Intake<Job> {
  #inHand = 0
  /** So many are asked for next: none is asked for in vain often, and a long queue is soon read in large pieces. */
  #piece = 1
  #isOver = false
  #isPaused = false
  #wake: () => void = () => undefined

  constructor(private readonly source: Source<Job>) {}

  /** Until `end`. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const room = this.#isPaused ? 0 : this.source.most() - this.#inHand
      if (room > 0) await this.#take(Math.min(room, this.#piece))
      else await this.#change()
    }
  }

  /** Otherwise a job that comes was on its way when the intake was paused, and is to be given back. */
  get isOpen(): boolean {
    return !this.#isPaused && !this.#isOver
  }

  /** Asks for no more; `stop` breaks off a wait for the next. */
  async pause(stop: () => Promise<void>): Promise<void> {
    this.#isPaused = true
    await stop()
  }

  async resume(go: () => Promise<void>): Promise<void> {
    await go()
    this.#isPaused = false
    this.#wake()
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async #take(count: number): Promise<void> {
    const answers = await Promise.allSettled(Array.from({ length: count }, () => this.source.next()))
    const jobs = answers.flatMap((one) =>
      one.status === 'fulfilled' && one.value !== null ? [one.value] : [],
    )
    this.#piece = jobs.length < count ? 1 : count * 2
    for (const job of jobs) void this.#process(job)
    const fault = answers.find((one) => one.status === 'rejected')
    if (!fault || this.#isOver) return
    logger.debug('jobs could not be taken; trying again', { err: fault.reason })
    await sleep(PAUSE_AFTER_FAULT_MS, undefined, { ref: false })
  }

  /** One job after another, each in the place of the one before: the answer to its end brings the next. */
  async #process(first: Job): Promise<void> {
    this.#inHand += 1
    try {
      for (let job: Job | null = first; job !== null; this.#wake())
        job = await this.source.process(job, this.#inHand > this.source.most())
    } catch (err) {
      // Its lock runs out, and it is taken again.
      logger.debug('a job could not be put away', { err })
    }
    this.#inHand -= 1
    this.#wake()
  }

  /** What ends in the same turn of the event loop makes room together. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve))
    await rest()
  }
}
