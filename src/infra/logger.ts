import { join } from 'node:path'
import pino, { type DestinationStream } from 'pino'
import pretty from 'pino-pretty'
import { redactRecord } from '../common/redact'
import { env } from '../config/env'
import type { LogLevel } from '../config/topic/logging'
import { formatTime } from '../utils/time'
import { LogFile } from './log-file'

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
  OFF: 'silent',
} as const satisfies Record<LogLevel, string>

/** What is known about an event. Errors go under `err`; secrets are masked by their key, at any depth. */
export type LogData = Record<string, unknown>

/** Writes one line per event: plain words first, what is known about it second. */
export class Logger {
  readonly #make: () => pino.Logger
  #made: pino.Logger | undefined

  constructor(make: () => pino.Logger) {
    this.#make = make
  }

  get #pino(): pino.Logger {
    return (this.#made ??= this.#make())
  }

  trace(words: string, data?: LogData): void {
    this.#pino.trace(data, words)
  }

  debug(words: string, data?: LogData): void {
    this.#pino.debug(data, words)
  }

  info(words: string, data?: LogData): void {
    this.#pino.info(data, words)
  }

  warn(words: string, data?: LogData): void {
    this.#pino.warn(data, words)
  }

  error(words: string, data?: LogData): void {
    this.#pino.error(data, words)
  }

  fatal(words: string, data?: LogData): void {
    this.#pino.fatal(data, words)
  }

  /** A logger that adds the given data, e.g. `request_id`, to every line. Made when it first writes: most never do. */
  child(data: LogData): Logger {
    // pino asks its formatter for bindings of the root only
    return new Logger(() => this.#pino.child(redactRecord(data)))
  }

  /** For data that is dear to collect. */
  isDebug(): boolean {
    return this.#pino.isLevelEnabled('debug')
  }
}

/** Members of errors that may carry bound values of a statement. */
const BOUND = new Set(['parameters', 'bind'])

const serializeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const plain: Record<string, unknown> = { ...pino.stdSerializers.err(error) }
  delete plain.raw
  return redactRecord(Object.fromEntries(Object.entries(plain).filter(([key]) => !BOUND.has(key))))
}

/** A logger over the given stream, formatted and redacted like all of ours. */
export function createLogger(level: LogLevel, stream: DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level: LEVELS[level],
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
    formatters: { level: (label) => ({ level: label }), log: (data) => redactRecord(data) },
  }
  const root = pino(options, stream)
  return new Logger(() => root)
}

const COLOURS: Record<string, 'gray' | 'green' | 'yellow' | 'red' | 'magenta'> = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'magenta',
}

/** `time | LEVEL | request id | words`, as the contract has it, with the data on the lines below. */
export function prettyStream(
  destination: ReturnType<typeof pino.destination> | NodeJS.WritableStream,
  colorize: boolean,
): DestinationStream {
  return pretty({
    colorize,
    sync: true,
    destination,
    ignore: 'pid,time,level,request_id',
    messageFormat: (log, messageKey, _label, { colors }) => {
      const level = String(log.level)
      const name = level.toUpperCase().padEnd(8)
      const time = formatTime(new Date(String(log.time)), env.DATETIME_TIMEZONE, 'YYYY-MM-DD HH:mm:ss.SSS')
      const id = show(log.request_id, env.TRACE_ID_LOG_DEFAULT_VALUE).slice(0, env.TRACE_ID_LOG_LENGTH)
      return `${time} | ${colors[COLOURS[level] ?? 'gray'](name)} | ${id} | ${show(log[messageKey], '')}`
    },
  })
}

const show = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

/** Lines that wait while the console cannot be written, in bytes; later ones are dropped. */
const MAX_WAITING = 1024 * 1024

/**
 * The console. A file on a full disk must not stop the server, and cannot be told on the console: the next line tries
 * again. Meanwhile nothing is flushed, since that would try for ever, with everything else standing still.
 */
function consoleStream(): DestinationStream {
  const isPretty = env.LOG_FORMAT === 'pretty'
  const console = pino.destination({ dest: 1, sync: isPretty, maxLength: MAX_WAITING })
  const flush = console.flushSync.bind(console)
  console.on('error', () => (console.flushSync = () => undefined))
  console.on('write', () => (console.flushSync = flush))
  return isPretty ? prettyStream(console, process.stdout.isTTY === true) : console
}

const WANTED = [env.LOG_STD_LEVEL, env.LOG_FILE_ACCESS_LEVEL, env.LOG_FILE_ERROR_LEVEL]
const rank = (level: LogLevel): number => pino.levels.values[LEVELS[level]] ?? Infinity
const outputs = pino.multistream([])
if (env.LOG_STD_LEVEL !== 'OFF') outputs.add({ level: LEVELS[env.LOG_STD_LEVEL], stream: consoleStream() })

/** The logger of this process. Until `openLogFiles` it writes to the console only. */
export const logger = createLogger(
  WANTED.reduce((lowest, level) => (rank(level) < rank(lowest) ? level : lowest)),
  outputs,
)

let files: LogFile[] = []

/**
 * Adds the access file and the error file. For servers: commands and tests do without.
 * Errors go to the error file, everything else to the access file.
 */
export function openLogFiles(): void {
  if (files.length > 0) return
  const parts = pino.multistream([], { dedupe: true })
  addFile(parts, env.LOG_FILE_ACCESS_LEVEL, env.LOG_ACCESS_FILENAME)
  addFile(parts, env.LOG_FILE_ERROR_LEVEL, env.LOG_ERROR_FILENAME)
  outputs.add({ level: 'trace', stream: parts })
}

function addFile(parts: pino.MultiStreamRes, level: LogLevel, name: string): void {
  if (level === 'OFF') return
  const path = join(env.LOG_DIR, name)
  const file = new LogFile({ path, zone: env.DATETIME_TIMEZONE, onError: (err) => complain(path, err) })
  files.push(file)
  parts.add({ level: LEVELS[level], stream: file })
}

/** A log file that cannot be written must not stop the server, and cannot be reported through itself. */
function complain(path: string, error: Error): void {
  process.stderr.write(`${new Date().toISOString()} cannot write the log file ${path}: ${error.message}\n`)
}

/** Writes out what is buffered and closes the files. The console stays usable. */
export async function closeLogger(): Promise<void> {
  const open = files
  files = []
  await Promise.all(open.map((file) => file.close()))
  outputs.flushSync()
}
