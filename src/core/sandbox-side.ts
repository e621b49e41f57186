import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { logger } from '../infra/logger'
import { Overtaken, performTask } from './perform-task'
import type { TaskHost } from './run-task'
import { Interrupted, Revoked } from './running-tasks'
import type { FromSandbox, ToSandbox } from './sandbox-message'
import { Stopper } from './stopper'
import { giveUp, type BoundTask } from './task'
import { failureOf, pauseBefore } from './task-failure'
import { TaskNews } from './task-news'
import { taskNamed } from './task-registry'
import type { BegunTask } from './task-store'
import { TimeLimit } from './time-limit'

let inSandbox = false

/** Whether this process only runs single tasks for a worker; modules start nothing in the background there. */
export const isSandbox = (): boolean => inSandbox

export function enterSandbox(): void {
  inSandbox = true
}

// A thread of its own: a task that keeps the processor busy must not outlive its worker.
const WATCH = `
const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`

/** Runs what the worker that started this process sends, one task at a time, as long as that worker lives. */
export function serveWorker(currentUser: TaskHost['currentUser']): void {
  new Worker(WATCH, { eval: true, execArgv: [] }).unref()
  process.on('disconnect', () => process.exit(0))
  // The worker says when it is time to end, not the terminal or the service manager.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  let stopper = new Stopper()
  process.on('message', (message: ToSandbox) => {
    if (message.say === 'stop') return stopper.abort(reasonOf(message))
    stopper = new Stopper()
    void serve(message.task, stopper, currentUser)
  })
  tell({ say: 'ready' })
}

function reasonOf({ reason, words }: Extract<ToSandbox, { say: 'stop' }>): Error {
  if (reason === 'revoked') return new Revoked()
  return reason === 'interrupted' ? new Interrupted() : new TimeLimit(words)
}

async function serve(task: BegunTask, stopper: Stopper, currentUser: TaskHost['currentUser']): Promise<void> {
  const bound = await boundTo(task.name, stopper)
  try {
    if (!bound) throw giveUp(`the process of the task does not know ${task.name}`)
    const done = await perform(task, bound, stopper, currentUser)
    await done.committed()
    tell({ say: 'done', result: done.result, is_written: done.is_written })
  } catch (error) {
    if (error instanceof Overtaken) return tell({ say: 'overtaken' })
    if (error instanceof Interrupted && stopper.reason === undefined) return tell({ say: 'interrupted' })
    tell({
      say: 'failed',
      failure: failureOf(error),
      pause: bound && pauseBefore(bound.task, task.retries, error),
    })
  }
}

const FOLLOWS_MS = 10_000

/** The worker may have followed a change of plugins a moment before this process does. */
async function boundTo(name: string, stopper: Stopper): Promise<BoundTask | null> {
  const end = Date.now() + FOLLOWS_MS
  let bound = taskNamed(name)
  while (!bound && stopper.reason === undefined && Date.now() < end) {
    await pause(50)
    bound = taskNamed(name)
  }
  return bound
}

function perform(task: BegunTask, bound: BoundTask, stopper: Stopper, currentUser: TaskHost['currentUser']) {
  const { request_id, task_id, name } = task
  const news = new TaskNews(task)
  news.silence()
  return performTask({
    ...{ task, bound, stopper, currentUser },
    logger: logger.child({ request_id, task_id, task: name }),
    // Kept here too, for a success that is written here; what the worker gets is written while the task runs.
    news: () => news.last(),
    progress: (percent) => {
      news.progress(percent)
      tell({ say: 'progress', percent })
    },
    log: (line) => {
      news.log(line)
      tell({ say: 'log', line })
    },
  })
}

const tell = (message: FromSandbox): void => {
  if (process.connected) process.send?.(message)
}
