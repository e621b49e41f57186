import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { processCommand } from '../support/steward-command'

/** A worker with the tasks of `worker-tasks.ts`, on the database and Redis of this Jest worker. */
export class WorkerProcess {
  #child: ChildProcess | undefined

  constructor(private readonly settings: Record<string, string> = {}) {}

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, processCommand('tests/crash/worker-main.ts'), {
      cwd: path.resolve(__dirname, '../..'),
      env: { ...process.env, ROLES: 'worker', TASK_LOCK_SECONDS: '2', ...this.settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    const gone = once(child, 'exit').then(() =>
      Promise.reject(new Error('the worker ended while it started')),
    )
    await Promise.race([once(child.stdout, 'data'), gone])
    gone.catch(() => undefined)
  }

  /** Freezes it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  /** @returns the exit code; null after SIGKILL */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (!child || !this.isRunning) return child?.exitCode ?? null
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    return child.exitCode
  }

  /** Waits until it has died by itself. */
  async death(): Promise<void> {
    if (this.isRunning && this.#child) await once(this.#child, 'exit')
  }
}
