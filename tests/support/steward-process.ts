import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { stewardCommand } from './steward-command'

/** A Steward in a process of its own, as an operator runs it. */
export class StewardProcess {
  stdout = ''
  stderr = ''

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => (this.stdout += part.toString()))
    child.stderr?.on('data', (part: Buffer) => (this.stderr += part.toString()))
  }

  /**
   * @param settings added to those of this Jest worker; see `freshHome()`
   * @param command of the command line; without it the server itself is run
   */
  static run(settings: Record<string, string> = {}, command: string[] = []): StewardProcess {
    const args = [...stewardCommand(command.length > 0 ? 'src/cli/main' : 'src/main'), ...command]
    const env = { ...process.env, ...settings }
    return new StewardProcess(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  /** Runs one and waits until it says that it is running. */
  static async start(settings: Record<string, string> = {}, command: string[] = []): Promise<StewardProcess> {
    const one = StewardProcess.run(settings, command)
    await one.says('To stop it')
    return one
  }

  /** Waits until it has said something. @throws when it ends before */
  async says(words: string): Promise<void> {
    while (!this.stdout.includes(words)) {
      if (!this.isRunning) throw new Error(`it ended: ${this.stdout}${this.stderr}`)
      await sleep(20)
    }
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  get address(): string {
    return /http:\/\/127\.0\.0\.1:\d+/.exec(this.stdout)?.[0] ?? ''
  }

  get port(): number {
    return Number(this.address.split(':').at(-1))
  }

  /** The exit code, once the process has ended. */
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.child, 'exit')
    return this.child.exitCode
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return
    this.child.kill('SIGKILL')
    await this.ended()
  }
}
