import { logger } from '../infra/logger'
import type { Consumer } from '../infra/queue'
import { taskStore } from './task-store'

const PAUSE_MS = 1000

/**
 * Keeps the consumers of this worker paused as the database wishes. Bull could pause a queue for all workers, but that
 * lies in Redis, and a Redis that was emptied would let everything run.
 */
export class QueueWishes {
  readonly #paused = new Set<string>()
  readonly #consumers = new Map<string, Consumer>()
  #following: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  /** The queues that are to be paused now; to be asked before the first job is taken. */
  async read(): Promise<ReadonlySet<string>> {
    return taskStore().pausedQueues()
  }

  /** @param isPaused whether it was opened so */
  add(name: string, consumer: Consumer, isPaused: boolean): void {
    this.#consumers.set(name, consumer)
    if (isPaused) this.#paused.add(name)
  }

  /** Names of the queues that are paused here, in order. */
  get paused(): string[] {
    return [...this.#paused].sort()
  }

  follow(): void {
    this.#timer = setInterval(() => {
      this.#following = this.#following.then(() => this.#apply())
    }, PAUSE_MS).unref()
  }

  /** Nothing is resumed any more. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    this.#consumers.clear()
    await this.#following
  }

  async #apply(): Promise<void> {
    try {
      const wanted = await this.read()
      for (const [name, consumer] of this.#consumers) await this.#adapt(name, consumer, wanted.has(name))
    } catch (err) {
      logger.warn('it is not known which queues are paused; all stay as they are', { err })
    }
  }

  async #adapt(name: string, consumer: Consumer, isWanted: boolean): Promise<void> {
    if (isWanted === this.#paused.has(name)) return
    await (isWanted ? consumer.pause() : consumer.resume())
    if (isWanted) this.#paused.add(name)
    else this.#paused.delete(name)
    logger.info(isWanted ? 'a queue is paused here' : 'a queue is resumed here', { queue: name })
  }
}
