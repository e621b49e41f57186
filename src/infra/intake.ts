import { setImmediate as rest, setTimeout as sleep } from 'node:timers/promises'
import { logger } from './logger'

const PAUSE_AFTER_FAULT_MS = 1000

export interface Source<Job> {
  /** So many jobs at most; when there are none, waits for one, and answers without any after a while. */
  take(count: number): Promise<Job[]>
  /** Works on a job until there is room for another one. Never throws. */
  work(job: Job): Promise<void>
  /** How many jobs may be in hand at present. */
  most(): number
}

/** Takes jobs as long as there is room for them, many at once where many wait. */
export class Intake<Job> {
  #inHand = 0
  #isOver = false
  #isPaused = false
  #wake: () => void = () => undefined

  constructor(private readonly source: Source<Job>) {}

  /** Until `end`. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const room = this.#isPaused ? 0 : this.source.most() - this.#inHand
      if (room > 0) await this.#take(room)
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
    try {
      for (const job of await this.source.take(count)) void this.#work(job)
    } catch (err) {
      // Whoever pauses or ends breaks off the wait.
      if (!this.isOpen) return
      logger.debug('jobs could not be taken; trying again', { err })
      await sleep(PAUSE_AFTER_FAULT_MS, undefined, { ref: false })
    }
  }

  async #work(job: Job): Promise<void> {
    this.#inHand += 1
    await this.source.work(job)
    this.#inHand -= 1
    this.#wake()
  }

  /** What ends in the same turn of the event loop makes room together. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve))
    await rest()
  }
}
