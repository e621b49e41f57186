import { z } from 'zod'
import type { CurrentUser } from '../common/types'
import { logger } from '../infra/logger'
import { RunAgain } from '../infra/queue'
import { countTask } from '../infra/task-metrics'
import type { Turns } from '../infra/turns'
import { uniquenessOf } from './accept-task'
import { HAND_BACK_MS, attempt, type Attempt } from './attempt'
import { performTask, type Performed } from './perform-task'
import { reachable } from './reachable'
import { Interrupted, noteRunning } from './running-tasks'
import { returnSandbox, takeSandbox } from './sandbox-pool'
import { Stopper } from './stopper'
import { giveUp, type BoundTask } from './task'
import { TaskNews } from './task-news'
import { takePlace } from './task-place'
import { holderOf, taskNamed } from './task-registry'
import { taskStore, type BegunTask, type NotBegun, type Starter } from './task-store'
import { withinTime } from './time-limit'
import { noteUnknown } from './unknown-task'

export interface TaskHost {
  /** Name of this worker as results show it. */
  worker: string
  /** Of the queue that the job comes from. */
  turns: Turns
  /** The user a task acts for, with the rights of this moment. @throws when there is no such user any more */
  currentUser(id: string): Promise<CurrentUser>
}

export interface TaskJob {
  id: string
  name: string
}

/** Until it is looked again whether a task may run whose plugin is switched off. */
const HELD_MS = 5000

const NOTHING = z.unknown()

/** Pause before a worker is asked again that does not know a task, in milliseconds. */
const LEFT_TO_OTHERS_MS = 2000

/**
 * Runs the task of a job from beginning to the state it ends in. The job may leave the queue as soon as this returns,
 * since by then everything about it is in the database.
 * @throws RunAgain when the task has to be run again
 */
export async function runTask(job: TaskJob, host: TaskHost): Promise<void> {
  const bound = taskNamed(job.name)
  if (!bound && holderOf(job.name) !== null) throw new RunAgain(HELD_MS)
  if (!bound) return runUnknown(job, host)
  // What needs more than a turn waits for it before the rest: nobody else could use the rest meanwhile.
  if (bound.task.sandbox || bound.task.concurrency !== undefined) return runInTurn(job.id, bound, host)
  if ((await runHere(job.id, bound, host, () => turnOf(host))) === 'turn_first')
    await runInTurn(job.id, bound, host)
}

async function runInTurn(id: string, bound: BoundTask, host: TaskHost): Promise<void> {
  const end = await host.turns.take()
  if (!end) throw new RunAgain(HAND_BACK_MS)
  let hasPlace = false
  try {
    const giveBack = await takePlace(bound.task, id)
    hasPlace = true
    try {
      await (bound.task.sandbox ? runInSandbox(id, bound, host) : runHere(id, bound, host))
    } finally {
      await giveBack()
    }
  } finally {
    end(hasPlace)
  }
}

/** @throws Interrupted when others got all turns for long: the task is handed back */
async function turnOf({ turns }: TaskHost): Promise<() => void> {
  const end = await turns.take()
  if (!end) throw new Interrupted('the worker has no turn for it')
  return end
}

const NO_TURN = (): Promise<() => void> => Promise.resolve(() => undefined)

/**
 * @param turn waits for the turn of a task that has begun; not needed where it has one
 * @returns what it found instead of a task to begin
 */
async function runHere(
  id: string,
  bound: BoundTask,
  host: TaskHost,
  turn = NO_TURN,
): Promise<Exclude<NotBegun, object> | null> {
  const task = await begin(id, host, { frees_key: freesKey(bound), has_turn: turn === NO_TURN })
  if (typeof task === 'string') return task
  await run({ task, bound, turn }, ({ news, log }, stopper) => {
    const parts = {
      task,
      bound,
      stopper,
      logger: log,
      news: () => news.last(),
      progress: (percent: number) => news.progress(percent),
      log: (line: string) => news.log(line),
      currentUser: (user: string) => host.currentUser(user),
    }
    return withinTime(bound.task, stopper, () => performTask(parts))
  })
  return null
}

/** The process is taken first: a task that cannot have one has not begun. */
async function runInSandbox(id: string, bound: BoundTask, host: TaskHost): Promise<void> {
  const sandbox = await takeSandbox(id)
  const begun = Date.now()
  let isClean = true
  try {
    const task = await begin(id, host, { frees_key: freesKey(bound), has_turn: true })
    if (typeof task === 'string') return
    await run({ task, bound, turn: NO_TURN }, ({ news }, stopper) => {
      const work = () => sandbox.run({ task, signal: stopper.signal, news })
      return withinTime(bound.task, stopper, work, () => {
        isClean = false
        sandbox.kill()
      })
    })
  } finally {
    returnSandbox(sandbox, isClean, Date.now() - begun)
  }
}

/** @throws RunAgain where another worker has it */
async function begin(
  id: string,
  { worker }: TaskHost,
  how: Omit<Starter, 'worker'>,
): Promise<BegunTask | Exclude<NotBegun, object>> {
  const task = await reachable(() => taskStore().begin(id, { worker, ...how }))
  if (typeof task === 'object' && 'later' in task) throw new RunAgain(task.later)
  return task
}

type Work = (one: Attempt, stopper: Stopper) => Promise<Performed>

interface Begun {
  task: BegunTask
  bound: BoundTask
  turn: () => Promise<() => void>
}

async function run({ task, bound, turn }: Begun, work: Work): Promise<void> {
  const news = new TaskNews(task)
  const stopper = new Stopper()
  const noted = { bound, stopper, hasTurn: false }
  const over = noteRunning(task.id, noted)
  const one: Attempt = { task, declared: bound.task, news, log: logOf(task) }
  const perform = () => {
    noted.hasTurn = true
    return work(one, stopper)
  }
  try {
    await attempt(one, perform, turn)
  } finally {
    over()
    news.last()
  }
}

/** After a deploy, old and new workers live side by side: who knows the task shall have it. */
async function runUnknown({ id, name }: TaskJob, host: TaskHost): Promise<void> {
  const { is_first, is_left } = await noteUnknown(id)
  if (is_first) countTask('rejected', name)
  if (is_left) throw new RunAgain(LEFT_TO_OTHERS_MS * (1 + Math.random()))
  const task = await begin(id, host, { frees_key: false, has_turn: true })
  if (typeof task === 'string') return
  const declared = { name, title: name, payload: NOTHING }
  const refuse = () => Promise.reject(giveUp(`no worker that takes this queue knows a task called ${name}`))
  await attempt({ task, declared, news: new TaskNews(task), log: logOf(task) }, refuse, NO_TURN)
}

const logOf = ({ request_id, task_id, name }: BegunTask) => logger.child({ request_id, task_id, task: name })

function freesKey({ task: { unique } }: BoundTask): boolean {
  return unique ? uniquenessOf(unique).while === 'waiting' : false
}
