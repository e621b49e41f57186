import { formatTime } from '../utils/time'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { logger } from '../infra/logger'
import { taskStore, type BegunTask, type News } from './task-store'

const PAUSE_MS = 1000
const MOST_CHARACTERS = 64 * 1024

/** Progress and log lines of a running task: kept here, and written at most once a second, so that talk is cheap. */
export class TaskNews {
  #progress: number | null = null
  #log: string
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(private readonly task: BegunTask) {
    this.#log = task.log ?? ''
  }

  progress(percent: number): void {
    this.#progress = Math.round(Math.min(100, Math.max(0, percent)))
    this.#writeSoon()
  }

  log(line: string): void {
    this.#log = `${this.#log}${formatTime(now(), env.DATETIME_TIMEZONE)} ${line}\n`.slice(-MOST_CHARACTERS)
    this.#writeSoon()
  }

  /** What is said from now on is written by somebody else. */
  silence(): void {
    this.#isOver = true
  }

  /** All there is, to be written together with the end of the attempt; from now on nothing is written here. */
  last(): News {
    this.silence()
    clearTimeout(this.#timer)
    return { progress: this.#progress, log: this.#log || null }
  }

  #writeSoon(): void {
    if (!this.#isOver) this.#timer ??= setTimeout(() => void this.#write(), PAUSE_MS).unref()
  }

  async #write(): Promise<void> {
    try {
      await taskStore().note(this.task, { progress: this.#progress, log: this.#log || null })
    } catch (err) {
      logger.debug('progress of a task could not be written yet', { err, task_id: this.task.task_id })
    }
    this.#timer = undefined
  }
}
