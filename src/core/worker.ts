import { env } from '../config/env'
import { logger } from '../infra/logger'
import type { Lifecycle } from './lifecycle'
import type { TaskHost } from './run-task'
import { Interrupted, abortAll, holdTasks, runningTasks } from './running-tasks'
import { closeSandboxes, openSandboxes } from './sandbox-pool'
import { startPresence, workerName } from './worker-presence'
import { WorkerQueues } from './worker-queues'

/** Of the time for stopping, this is kept for Redis and the database. */
const SECONDS_FOR_THE_REST = 5

export interface Worker {
  /** Takes no more tasks, at once; those under way go on. */
  pause(): Promise<void>
  /** Takes tasks also from the queues that a new plugin has brought. */
  follow(): Promise<void>
}

/** The role `worker`: runs the tasks of every queue until the lifecycle ends it. */
export async function startWorker(
  lifecycle: Lifecycle,
  host: Pick<TaskHost, 'currentUser'>,
): Promise<Worker> {
  const name = workerName()
  const queues = new WorkerQueues({ worker: name, ...host })
  openSandboxes()
  const whole = env.SHUTDOWN_TIMEOUT_SECONDS
  const patience = Math.max(whole - SECONDS_FOR_THE_REST, whole / 2)
  lifecycle.onStop('hold of tasks', await holdTasks(name))
  lifecycle.onStop('worker', () => stop(queues, patience * 1000), patience + 3)
  await queues.start()
  const live = () => ({ active: runningTasks(), paused: queues.paused, queues: queues.open })
  lifecycle.onStop('report of the worker', await startPresence(live))
  return queues
}

/** Running tasks may finish; what does not in time hears its signal, and is begun again by another worker. */
async function stop(queues: WorkerQueues, patience: number): Promise<void> {
  await queues.pause()
  const idle = queues.idle()
  if (!(await settles(idle, patience))) {
    logger.warn('tasks did not finish in time; another worker will begin them again', {
      tasks: runningTasks(),
    })
    abortAll(new Interrupted())
    await settles(idle, 2000)
  }
  closeSandboxes()
  await queues.close()
}

async function settles(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer))
}
