import {
  countTask,
  env,
  liveWorkers,
  notFound,
  onTaskEvent,
  queueLength,
  queues,
  reader,
  reportTasks,
  t,
  tell,
  type CurrentUser,
  type Room,
  type TaskEvent,
  type TaskTold,
} from '#core'
import { resultCrud, type ResultRow } from '../crud/result'
import { WatchQueue, WatchTask } from '../schema/monitor'

/** Sentences for everybody in one second and process; nobody reads more, and each costs every client. */
const MOST_TOLD = 20

const SENTENCES: Partial<Record<TaskEvent['kind'], string>> = {
  started: 'task.told_started',
  succeeded: 'task.told_succeeded',
  failed: 'task.told_failed',
}

const STATES: Partial<Record<TaskEvent['kind'], string>> = {
  started: 'STARTED',
  succeeded: 'SUCCESS',
  failed: 'FAILURE',
  retried: 'RETRY',
  revoked: 'REVOKED',
}

/** Counts what happens to tasks, and tells it to pages. @returns what ends it */
export function startWatching(): () => void {
  const unreport = reportTasks({ queues: lengths, workers: active })
  const unlisten = onTaskEvent({ happened, told })
  return () => {
    unlisten()
    unreport()
  }
}

function happened(event: TaskEvent): void {
  const { kind, task_id, name, queue, seconds } = event
  countIn(queue, kind)
  countTask(kind, name, seconds)
  const status = STATES[kind]
  if (status) tell(roomOf(task_id), 'task_state', { task_id, name, status })
  const sentence = SENTENCES[kind]
  if (sentence && mayTell())
    tell('everybody', 'task_notification', { msg: t(env.I18N_DEFAULT_LANGUAGE, sentence, { task_id }) })
}

function told({ task_id, progress, lines }: TaskTold): void {
  tell(roomOf(task_id), 'task_progress', { task_id, progress, lines })
}

let second = 0
let toldInIt = 0

function mayTell(): boolean {
  const current = Math.floor(performance.now() / 1000)
  toldInIt = current === second ? toldInIt + 1 : 1
  second = current
  return toldInIt <= MOST_TOLD
}

const roomOf = (taskId: string): Room => `task:${taskId}`

/** Whoever asked for a task may hear of it; others need the code. @throws 404, also for one that the user may not see */
export async function mayWatch(user: CurrentUser, payload: unknown): Promise<void> {
  await visible(user, payload)
}

/** The state of the task that a client asks to hear of. @throws 404, also for one that the user may not see */
export async function watched(user: CurrentUser, payload: unknown) {
  const { task_id, name, status, progress } = await visible(user, payload)
  return { task_id, name, status, progress }
}

async function visible(user: CurrentUser, payload: unknown): Promise<ResultRow> {
  const { task_id } = WatchTask.parse(payload)
  const row = await resultCrud.byTaskId(reader(), task_id)
  if (!row || !maySee(user, row.user_id)) throw notFound('task_result.not_found')
  return row
}

const maySee = (user: CurrentUser, owner: string | null): boolean =>
  owner === user.id || user.is_superuser || user.rights.allows('sys:task:monitor', 'GET', 'socket:watch_task')

export const taskRooms = (payload: unknown): Room[] => [roomOf(WatchTask.parse(payload).task_id)]

export const queueRooms = (payload: unknown): Room[] => [`queue:${WatchQueue.parse(payload).queue}`]

const PAUSE_MS = 1000
const happenedIn = new Map<string, Record<string, number>>()
let telling: NodeJS.Timeout | undefined

/** Pages are told sums: thousands of tasks may end in a second. */
function countIn(queue: string, kind: TaskEvent['kind']): void {
  const counts = happenedIn.get(queue) ?? {}
  counts[kind] = (counts[kind] ?? 0) + 1
  happenedIn.set(queue, counts)
  telling ??= setTimeout(tellQueues, PAUSE_MS).unref()
}

function tellQueues(): void {
  telling = undefined
  for (const [queue, counts] of happenedIn) tell(`queue:${queue}`, 'task_queue', { queue, counts })
  happenedIn.clear()
}

async function lengths(): Promise<Map<string, number>> {
  const names = [...queues(env.TASK_CONCURRENCY).keys()]
  const each = names.map(async (name) => [name, (await queueLength(name)).waiting] as const)
  return new Map(await Promise.all(each))
}

const active = async () => new Map((await liveWorkers()).map((worker) => [worker.name, worker.active]))
