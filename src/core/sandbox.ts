import { fork, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { types } from 'node:util'
import { environmentWith } from '../config/environment'
import { FailedElsewhere } from './attempt'
import { Overtaken, type Performed } from './perform-task'
import { Interrupted, Revoked } from './running-tasks'
import type { FromSandbox, StopReason, ToSandbox } from './sandbox-message'
import type { TaskNews } from './task-news'
import type { BegunTask } from './task-store'

const START_LIMIT_MS = 60_000

/** The program of a sandbox; the compiled one beside compiled code, else the source. */
let program = path.resolve(__dirname, `../task-runner${path.extname(__filename)}`)

/** Makes another program run the tasks, one that knows more modules. */
export function useTaskRunner(file: string): void {
  program = file
}

/** The process of a task ended before the task did. */
export class SandboxDied extends Error {
  constructor(how: string) {
    super(`the process of the task ended (${how}) before the task did`)
    this.name = 'WorkerLostError'
  }
}

export interface SandboxRun {
  task: BegunTask
  signal: AbortSignal
  news: TaskNews
}

/** One process that runs one task at a time, and can be killed without harm to any other. */
export class Sandbox {
  readonly #child: ChildProcess
  /** Rejects when the process is gone. */
  readonly #gone: Promise<never>

  private constructor() {
    const isSource = program.endsWith('.ts')
    this.#child = fork(program, [], {
      execArgv: isSource ? ['--import', 'tsx', '--conditions=source'] : [],
      // The worker has brought the tables up to date.
      env: environmentWith({ DATABASE_MIGRATE_ON_START: 'false' }),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#gone = new Promise((_, reject) => {
      this.#child.once('error', (error) => reject(new SandboxDied(error.message)))
      this.#child.once('exit', (code, signal) => reject(new SandboxDied(signal ?? `code ${code}`)))
    })
    this.#gone.catch(() => undefined)
  }

  /** Starts a process and waits until it can take a task. @throws SandboxDied when it cannot */
  static async start(): Promise<Sandbox> {
    const made = new Sandbox()
    const late = setTimeout(() => made.kill(), START_LIMIT_MS)
    try {
      await made.#answer((message) => (message.say === 'ready' ? true : undefined))
      return made
    } finally {
      clearTimeout(late)
    }
  }

  get isAlive(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Runs a task. @throws what it failed with, or SandboxDied */
  async run({ task, signal, news }: SandboxRun): Promise<Performed> {
    const stop = () => this.#tell({ say: 'stop', ...stopOf(signal.reason) })
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (signal.aborted) throw signal.reason
      this.#tell({ say: 'run', task })
      return await this.#answer((message) => outcomeOf(message, news))
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Listens until `read` makes something of a message. */
  #answer<T>(read: (message: FromSandbox) => T | undefined): Promise<T> {
    let listen: ((message: FromSandbox) => void) | undefined
    const answered = new Promise<T>((resolve, reject) => {
      listen = (message) => {
        try {
          const answer = read(message)
          if (answer !== undefined) resolve(answer)
        } catch (error) {
          reject(types.isNativeError(error) ? error : new Error(String(error)))
        }
      }
      this.#child.on('message', listen)
    })
    return Promise.race([answered, this.#gone]).finally(() => listen && this.#child.off('message', listen))
  }

  /** A process that is gone says so by itself. */
  #tell(message: ToSandbox): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

function outcomeOf(message: FromSandbox, news: TaskNews): Performed | undefined {
  if (message.say === 'progress') news.progress(message.percent)
  else if (message.say === 'log') news.log(message.line)
  else if (message.say === 'overtaken') throw new Overtaken()
  else if (message.say === 'interrupted') throw new Interrupted('the process of the task could not go on')
  else if (message.say === 'failed') throw new FailedElsewhere(message.failure, message.pause)
  else if (message.say === 'done') {
    // What was to happen after the commit has happened where the task ran.
    return { result: message.result, is_written: message.is_written, committed: () => Promise.resolve() }
  }
  return undefined
}

function stopOf(reason: unknown): { reason: StopReason; words: string } {
  const words = reason instanceof Error ? reason.message : String(reason)
  if (reason instanceof Revoked) return { reason: 'revoked', words }
  return { reason: reason instanceof Interrupted ? 'interrupted' : 'time', words }
}
