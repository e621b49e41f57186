import { formatTime } from '../utils/time'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { logger } from '../infra/logger'
import { taskStore, type BegunTask } from './task-store'

const PAUSE_MS = 1000
const MOST_CHARACTERS = 64 * 1024

/** Progress and log lines of a running task: kept here, and written at most once a second, so that talk is cheap. */
export class TaskNews {
  #progress: number | null = null
  #log = ''
  #isNew = false
  #writing: Promise<void> = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  constructor(private readonly task: BegunTask) {
    this.#timer = setInterval(() => this.#write(), PAUSE_MS).unref()
  }

  progress(percent: number): void {
    this.#progress = Math.round(Math.min(100, Math.max(0, percent)))
    this.#isNew = true
  }

  log(line: string): void {
    this.#log = `${this.#log}${formatTime(now(), env.DATETIME_TIMEZONE)} ${line}\n`.slice(-MOST_CHARACTERS)
    this.#isNew = true
  }

  /** Writes what is left. The task has ended by now; who reads of its end shall find all of it. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    this.#write()
    await this.#writing
  }

  #write(): void {
    if (!this.#isNew) return
    this.#isNew = false
    const news = { progress: this.#progress, log: this.#log || null }
    this.#writing = this.#writing
      .then(() => taskStore().note(this.task, news))
      .catch((err: unknown) => {
        this.#isNew = true
        logger.debug('progress of a task could not be written yet', { err, task_id: this.task.task_id })
      })
  }
}
