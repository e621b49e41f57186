import { env } from '../config/env'
import { logger } from '../infra/logger'
import { consume, type Consumer } from '../infra/queue'
import { Turns } from '../infra/turns'
import { QueueWishes } from './queue-wish'
import { runTask, type TaskHost } from './run-task'
import { queues } from './task-registry'

/** The queues that a worker takes tasks from. A plugin that comes later may bring more of them. */
export class WorkerQueues {
  readonly #consumers: Consumer[] = []
  /** By queue, how many of its tasks run at once. */
  readonly #open = new Map<string, number>()
  readonly #wishes = new QueueWishes()
  #following: Promise<void> = Promise.resolve()
  #isOver = false

  constructor(private readonly host: Omit<TaskHost, 'turns'>) {}

  /**
   * Takes from those that are wanted now.
   * @throws a sentence when a queue is chosen that no task uses: nobody would notice that it stays empty
   */
  async start(): Promise<void> {
    const all = queues(env.TASK_CONCURRENCY)
    const unknown = env.TASK_QUEUES.filter((name) => !all.has(name))
    if (unknown.length > 0)
      throw new Error(
        `There is no queue ${unknown.join(', ')}. TASK_QUEUES may name: ${[...all.keys()].join(', ')}.`,
      )
    await this.#openMissing()
    this.#wishes.follow()
  }

  /** Takes also from queues that were not known before. Never throws. */
  follow(): Promise<void> {
    this.#following = this.#following
      .then(() => this.#openMissing())
      .catch((err: unknown) => logger.error('a new queue is not worked on', { err }))
    return this.#following
  }

  /** By queue, how many of its tasks run at once. */
  get open(): Record<string, number> {
    return Object.fromEntries(this.#open)
  }

  /** Names of those that are paused here, in order. */
  get paused(): string[] {
    return this.#wishes.paused
  }

  /** Nothing is opened or resumed any more, and nothing taken; what is under way goes on. */
  async pause(): Promise<void> {
    this.#isOver = true
    await this.#following
    await this.#wishes.end()
    await Promise.all(this.#consumers.map((one) => one.pause()))
  }

  async idle(): Promise<void> {
    await Promise.all(this.#consumers.map((one) => one.idle()))
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((one) => one.close()))
  }

  async #openMissing(): Promise<void> {
    const chosen = new Set(env.TASK_QUEUES)
    const isWanted = (name: string) => !this.#open.has(name) && (chosen.size === 0 || chosen.has(name))
    const missing = [...queues(env.TASK_CONCURRENCY)].filter(([name]) => isWanted(name))
    if (missing.length === 0 || this.#isOver) return
    const paused = await this.#wishes.read()
    for (const [name, atOnce] of missing) await this.#take(name, atOnce, paused.has(name))
  }

  async #take(name: string, atOnce: number, isPaused: boolean): Promise<void> {
    const turns = new Turns(atOnce)
    const consumer = await consume(name, turns, (job) => runTask(job, { ...this.host, turns }), isPaused)
    this.#open.set(name, atOnce)
    this.#consumers.push(consumer)
    this.#wishes.add(name, consumer, isPaused)
  }
}
