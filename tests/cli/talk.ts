import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { steward, type Answer } from '../support/cli'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'

/** An installation with the tasks of `plugin/talk`, a worker that leaves one queue alone, and a scheduler. */
class Talk {
  home: Record<string, string> = {}
  /** The worker, the scheduler, and commands that go on. */
  readonly processes: StewardProcess[] = []

  async open(): Promise<void> {
    this.home = { ...(await freshHome()), PLUGIN_DIR: resolve('tests/cli/plugin') }
    const worker = ['worker', '--concurrency', '3', '--queues', 'celery,control']
    for (const command of [worker, ['celery', 'beat', '-l', 'error']])
      this.processes.push(await StewardProcess.start(this.home, command))
    while (!(await this.run('schedule', 'list')).stdout.includes('every night')) await pause(200)
  }

  run(...words: string[]): Promise<Answer> {
    return steward(words, { home: this.home })
  }

  typed(input: string, ...words: string[]): Promise<Answer> {
    return steward(words, { home: this.home, input })
  }

  /** @returns the id of a task that was asked for */
  async accepted(task: string): Promise<string> {
    const { stdout } = await this.run('task', 'run', task, '--json')
    return (JSON.parse(stdout) as { task_id: string }).task_id
  }

  watch(...words: string[]): StewardProcess {
    const watching = StewardProcess.run(this.home, words)
    this.processes.push(watching)
    return watching
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()))
  }
}

/** Call it at the top of a test file. */
export function useTalk(): Talk {
  const talk = new Talk()
  beforeAll(() => talk.open(), 120_000)
  afterAll(() => talk.close())
  return talk
}
