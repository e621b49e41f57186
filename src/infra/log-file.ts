import { existsSync, linkSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import pino from 'pino'
import { formatTime, parseTime } from '../utils/time'

const KEPT_DAYS = 7
const DAY_MS = 86_400_000
/** A process that finds the file already renamed waits until the other one has finished. */
const OTHER_PROCESS_MS = 1000

export interface LogFileOptions {
  path: string
  /** IANA zone whose midnight is meant. */
  zone: string
  onError: (error: Error) => void
  /** For tests. */
  now?: () => Date
}

/**
 * A log file that is renamed to `name.YYYY-MM-DD.log` at midnight; renamed files are kept for seven days.
 * Several processes may write to the same one. Writes are buffered by the writer and never wait for the disk.
 */
export class LogFile {
  readonly #options: Required<LogFileOptions>
  #file: ReturnType<typeof pino.destination>
  #day: string
  #timer: NodeJS.Timeout | undefined
  #waiting: NodeJS.Timeout | undefined

  /** @throws Error when the folder or the file cannot be made */
  constructor(options: LogFileOptions) {
    this.#options = { now: () => new Date(), ...options }
    const { path } = this.#options
    mkdirSync(dirname(path), { recursive: true })
    this.#day = existsSync(path) ? this.#dayOf(statSync(path).mtime) : this.#today()
    if (this.#day !== this.#today()) this.#rename()
    this.#file = this.#open()
    this.#prune()
    this.#schedule()
  }

  write(line: string): void {
    this.#file.write(line)
  }

  /** Starts a new file if the day has changed. Called by a timer at midnight. */
  rotate(): void {
    if (this.#day !== this.#today()) {
      if (this.#rename()) this.#reopen()
      else this.#waiting = setTimeout(() => this.#reopen(), OTHER_PROCESS_MS).unref()
      this.#prune()
    }
    this.#schedule()
  }

  /** Writes what is buffered and closes the file. */
  close(): Promise<void> {
    clearTimeout(this.#timer)
    clearTimeout(this.#waiting)
    return new Promise((resolve) => {
      this.#file.once('close', () => resolve())
      this.#file.once('error', () => resolve()) // reported by the other listener
      this.#file.end()
    })
  }

  #open(): ReturnType<typeof pino.destination> {
    const file = pino.destination({ dest: openSync(this.#options.path, 'a'), sync: false })
    file.on('error', this.#options.onError)
    return file
  }

  /** Later lines go to the new file; the old one writes out what it still has, then closes. */
  #reopen(): void {
    const old = this.#file
    try {
      this.#file = this.#open()
      old.end()
    } catch (error) {
      this.#options.onError(asError(error))
    }
  }

  /** @returns false when another process has renamed the file already */
  #rename(): boolean {
    const { path, onError } = this.#options
    const target = this.#datedName(this.#day)
    this.#day = this.#today()
    try {
      linkSync(path, target) // fails when the target exists, which a rename would overwrite
      unlinkSync(path)
      return true
    } catch (error) {
      if (!isDoneByOther(error)) onError(asError(error))
      return false
    }
  }

  #datedName(day: string): string {
    const { path } = this.#options
    const extension = extname(path)
    return join(dirname(path), `${basename(path, extension)}.${day}${extension}`)
  }

  #prune(): void {
    const { path, now } = this.#options
    const oldest = this.#datedName(this.#dayOf(new Date(now().getTime() - KEPT_DAYS * DAY_MS)))
    const [start, end] = this.#datedName('|').split('|')
    for (const name of readdirSync(dirname(path))) {
      const file = join(dirname(path), name)
      const isDated =
        file.startsWith(start ?? '') && file.endsWith(end ?? '') && file.length === oldest.length
      if (isDated && file < oldest) unlinkSync(file)
    }
  }

  #today = (): string => this.#dayOf(this.#options.now())
  #dayOf = (date: Date): string => formatTime(date, this.#options.zone, 'YYYY-MM-DD')

  #schedule(): void {
    const { zone, now } = this.#options
    const time = now()
    const midnight = parseTime(this.#today(), zone) ?? time
    const next = parseTime(this.#dayOf(new Date(midnight.getTime() + 1.5 * DAY_MS)), zone) ?? time
    clearTimeout(this.#timer)
    const wait = Math.max(1000, next.getTime() - time.getTime())
    this.#timer = setTimeout(() => this.rotate(), wait).unref()
  }
}

function isDoneByOther(error: unknown): boolean {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error
  return hasCode && (error.code === 'EEXIST' || error.code === 'ENOENT')
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
