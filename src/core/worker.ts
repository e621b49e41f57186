import { env } from '../config/env'
import { logger } from '../infra/logger'
import { consume, type Consumer } from '../infra/queue'
import { Turns } from '../infra/turns'
import type { Lifecycle } from './lifecycle'
import { runTask, type TaskHost } from './run-task'
import { Interrupted, abortAll, holdTasks, runningTasks } from './running-tasks'
import { QueueWishes } from './queue-wish'
import { closeSandboxes, openSandboxes } from './sandbox-pool'
import { queues } from './task-registry'
import { startPresence, workerName } from './worker-presence'

/** Of the time for stopping, this is kept for Redis and the database. */
const SECONDS_FOR_THE_REST = 5

export interface Worker {
  /** Takes no more tasks, at once; those under way go on. */
  pause(): Promise<void>
}

/** The role `worker`: runs the tasks of every queue until the lifecycle ends it. */
export async function startWorker(
  lifecycle: Lifecycle,
  host: Pick<TaskHost, 'currentUser'>,
): Promise<Worker> {
  const name = workerName()
  const wanted = chosenOf(queues(env.TASK_CONCURRENCY), env.TASK_QUEUES)
  const consumers: Consumer[] = []
  openSandboxes()
  const whole = env.SHUTDOWN_TIMEOUT_SECONDS
  const patience = Math.max(whole - SECONDS_FOR_THE_REST, whole / 2)
  lifecycle.onStop('hold of tasks', await holdTasks(name))
  lifecycle.onStop('worker', () => stop(consumers, patience * 1000), patience + 3)
  const wishes = new QueueWishes()
  const paused = await wishes.read()
  for (const [queue, concurrency] of wanted) {
    const turns = new Turns(concurrency)
    const run = (job: { id: string; name: string }) => runTask(job, { worker: name, turns, ...host })
    const consumer = await consume(queue, turns, run, paused.has(queue))
    wishes.add(queue, consumer, paused.has(queue))
    consumers.push(consumer)
  }
  wishes.follow()
  const live = () => ({ active: runningTasks(), paused: wishes.paused })
  lifecycle.onStop('wishes for queues', () => wishes.end())
  lifecycle.onStop('report of the worker', await startPresence(wanted, live))
  const pause = async () => {
    await wishes.end()
    await pauseAll(consumers)
  }
  return { pause }
}

/** @throws a sentence when a queue is chosen that no task uses: nobody would notice that it stays empty */
function chosenOf(all: Map<string, number>, chosen: readonly string[]): Map<string, number> {
  if (chosen.length === 0) return all
  const unknown = chosen.filter((name) => !all.has(name))
  if (unknown.length > 0)
    throw new Error(
      `There is no queue ${unknown.join(', ')}. TASK_QUEUES may name: ${[...all.keys()].join(', ')}.`,
    )
  return new Map([...all].filter(([name]) => chosen.includes(name)))
}

async function pauseAll(consumers: Consumer[]): Promise<void> {
  await Promise.all(consumers.map((one) => one.pause()))
}

/** Running tasks may finish; what does not in time hears its signal, and is begun again by another worker. */
async function stop(consumers: Consumer[], patience: number): Promise<void> {
  await pauseAll(consumers)
  const idle = Promise.all(consumers.map((one) => one.idle()))
  if (!(await settles(idle, patience))) {
    logger.warn('tasks did not finish in time; another worker will begin them again', {
      tasks: runningTasks(),
    })
    abortAll(new Interrupted())
    await settles(idle, 2000)
  }
  closeSandboxes()
  await Promise.all(consumers.map((one) => one.close()))
}

async function settles(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer))
}
