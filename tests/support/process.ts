import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { processCommand } from './steward-command'

/** A second process of ours for tests: a file of TypeScript that answers messages. */
export class OtherProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** @param file path from the root of the repository; `settings` is handed over as JSON in its first argument */
  static async start(file: string, settings: object): Promise<OtherProcess> {
    const command = processCommand(file)
    const child = fork(command.at(-1) ?? '', [JSON.stringify(settings)], {
      execArgv: command.slice(0, -1),
      env: process.env,
    })
    const other = new OtherProcess(child)
    const first = await other.#next()
    if (first !== 'ready') {
      await other.kill()
      throw new Error(String(first))
    }
    return other
  }

  /** Sends a message and waits for the answer. */
  async ask(message: unknown): Promise<unknown> {
    const answer = this.#next()
    this.child.send(message as object)
    return answer
  }

  /** Sends a message that is not answered. */
  tell(message: object): void {
    this.child.send(message)
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }

  async #next(): Promise<unknown> {
    const ended = once(this.child, 'exit').then(() => ['the process ended without an answer'])
    const [answer] = (await Promise.race([once(this.child, 'message'), ended])) as unknown[]
    return answer
  }
}
