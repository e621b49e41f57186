import { formatTime } from '../utils/time'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { logger } from '../infra/logger'
import { wellFormed } from '../utils/well-formed'
import { tellTaskNews } from './task-event'
import { taskStore, type BegunTask, type News } from './task-store'

const PAUSE_MS = 1000
const MOST_CHARACTERS = 64 * 1024
/** Of one second, to pages that watch; the log has them all. */
const MOST_LINES = 100
const LONGEST_LINE = 1000
const MARK = '… (cut)\n'

/** The end of a log that is too long, with a mark that says so. */
const lastOf = (log: string): string =>
  log.length <= MOST_CHARACTERS ? log : `${MARK}${wellFormed(log.slice(MARK.length - MOST_CHARACTERS))}`

/** Progress and log lines of a running task: kept here, and written at most once a second, so that talk is cheap. */
export class TaskNews {
  #progress: number | null = null
  #log: string
  #timer: NodeJS.Timeout | undefined
  #isOver = false
  /** Said since pages were told last. */
  #lines: string[] = []
  #told: number | null = null

  constructor(private readonly task: BegunTask) {
    this.#log = task.log ?? ''
  }

  progress(percent: number): void {
    this.#progress = Math.round(Math.min(100, Math.max(0, percent)))
    this.#writeSoon()
  }

  log(line: string): void {
    const said = `${formatTime(now(), env.DATETIME_TIMEZONE)} ${line}`
    this.#log = lastOf(`${this.#log}${said}\n`)
    this.#lines = [...this.#lines.slice(1 - MOST_LINES), said.slice(0, LONGEST_LINE)]
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
    this.#tell()
    return { progress: this.#progress, log: this.#log || null }
  }

  #writeSoon(): void {
    if (!this.#isOver) this.#timer ??= setTimeout(() => void this.#write(), PAUSE_MS).unref()
  }

  #tell(): void {
    const lines = this.#lines.splice(0)
    if (lines.length === 0 && this.#progress === this.#told) return
    this.#told = this.#progress
    tellTaskNews({ task_id: this.task.task_id, progress: this.#progress, lines })
  }

  async #write(): Promise<void> {
    this.#tell()
    try {
      await taskStore().note(this.task, { progress: this.#progress, log: this.#log || null })
    } catch (err) {
      logger.debug('progress of a task could not be written yet', { err, task_id: this.task.task_id })
    }
    this.#timer = undefined
  }
}
