import { env } from '../config/env'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { Sandbox } from './sandbox'
import { isNext, learn, stepBack } from './waiting-line'

/** Pause when none starts, in milliseconds. */
const BROKEN_MS = 10_000
/** All tasks of sandboxes wait in one line. */
const LINE = 'sandbox'

/** The processes of this worker for tasks in sandboxes: started when first needed, kept warm, replaced when killed. */
const idle: Sandbox[] = []
const all = new Set<Sandbox>()
let taken = 0
let isClosed = false

/**
 * A process that runs no other task.
 * @throws RunAgain when all are taken, or none can be started
 */
export async function takeSandbox(id: string): Promise<Sandbox> {
  if (isClosed || taken >= env.TASK_SANDBOXES) throw new RunAgain(stepBack(LINE, env.TASK_SANDBOXES, id))
  isNext(LINE, id)
  taken += 1
  try {
    for (let warm = idle.pop(); warm; warm = idle.pop()) {
      if (warm.isAlive) return warm
      all.delete(warm)
    }
    return await startOne()
  } catch (error) {
    taken -= 1
    logger.error('no process could be started for a task; it is tried again', { err: error })
    throw new RunAgain(BROKEN_MS)
  }
}

async function startOne(): Promise<Sandbox> {
  const made = await Sandbox.start()
  if (isClosed) {
    made.kill()
    throw new Error('the worker ends')
  }
  all.add(made)
  return made
}

/** Gives a process back for the next task; one that may still be busy with the last is killed instead. */
export function returnSandbox(sandbox: Sandbox, isClean: boolean, took: number): void {
  taken -= 1
  learn(LINE, took)
  if (isClean && sandbox.isAlive && !isClosed) {
    idle.push(sandbox)
    return
  }
  all.delete(sandbox)
  sandbox.kill()
}

export function openSandboxes(): void {
  isClosed = false
}

/** Kills all of them: what they did in a transaction is rolled back. */
export function closeSandboxes(): void {
  isClosed = true
  for (const sandbox of all) sandbox.kill()
  all.clear()
  idle.length = 0
}
