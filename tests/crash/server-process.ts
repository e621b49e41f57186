import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../support/server-process'
import { stewardCommand } from '../support/steward-command'

const root = path.resolve(__dirname, '../..')

/** Steward as a process of its own, on the database and Redis of this Jest worker; it can be killed at any moment. */
export class ServerProcess {
  #child: ChildProcess | undefined
  #port = 0
  #output = ''

  /** @param output where its console goes; by default it is shown when the server does not start */
  constructor(
    private readonly settings: Record<string, string> = {},
    private readonly output: 'pipe' | number = 'pipe',
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it and waits until it is ready; again on the same port after a kill. */
  async start(): Promise<void> {
    this.#port ||= await freePort()
    const child = spawn(process.execPath, stewardCommand('src/main'), {
      cwd: root,
      env: { ...process.env, ...this.settings, PORT: String(this.#port) },
      stdio: ['ignore', this.output, this.output] satisfies StdioOptions,
    })
    const keep = (text: Buffer) => (this.#output = (this.#output + text.toString()).slice(-5000))
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#child = child
    for (let tries = 0; !(await this.#isReady()); tries += 1) {
      if (!this.isRunning || tries > 600) throw new Error(`the server did not become ready:\n${this.#output}`)
      await pause(50)
    }
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || !this.isRunning) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    )
  }
}
