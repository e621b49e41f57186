import {
  BOARD_PATH,
  env,
  issueTicket,
  liveWorkers,
  maskTask,
  queues,
  type BoardJob,
  type BoardView,
  type Call,
  type Db,
} from '#core'
import { outboxCrud } from '../crud/outbox'
import { queueCrud } from '../crud/queue'
import { resultCrud } from '../crud/result'
import { TaskResultDetail } from '../schema/result'
import { inList } from './shown'

/** Where the board is opened by who asks, once and within a minute. */
export async function entrance({ me }: Call): Promise<{ url: string }> {
  const ticket = await issueTicket('board', { user_id: me.id, family: me.family })
  return { url: `${env.PUBLIC_URL ?? ''}${BOARD_PATH}/enter?ticket=${ticket}` }
}

/** What the board shows beside what Bull knows, to somebody who reads by `db`. */
export const boardView = (db: Db): BoardView => ({
  queues: () => names(db),
  isPaused: async (queue) => (await queueCrud.paused(db)).includes(queue),
  workers: async (queue) => {
    const workers = (await liveWorkers()).filter((worker) => queue in worker.queues)
    return workers.map(({ name, host, pid, started_time }) => ({
      ...{ name, place: `${host}:${pid}`, started_time: new Date(started_time) },
    }))
  },
  tasks: (jobs) => tasksOf(db, jobs),
})

async function names(db: Db): Promise<string[]> {
  const workers = await liveWorkers()
  const served = workers.flatMap((worker) => Object.keys(worker.queues))
  const accepted = (await outboxCrud.perQueue(db)).keys()
  return [...new Set([...queues(env.TASK_CONCURRENCY).keys(), ...served, ...accepted])].sort()
}

const ID = /^\d{1,19}$/

/** A job is a name and an id. The task behind it is shown as its result is, to who may see that. */
async function tasksOf(db: Db, jobs: BoardJob[]): Promise<Map<string, object>> {
  const ids = jobs.map(({ id }) => id).filter((id) => ID.test(id))
  const rows = await resultCrud.getMany(db, ids)
  const shown = new Map(rows.map((row) => [row.id, told(TaskResultDetail.parse(inList(row)))]))
  return new Map(jobs.map((job) => [job.id, shown.get(job.id) ?? stranger(job)]))
}

/** Only what there is to say: most columns of a task that waits are empty. */
const told = (task: object) => Object.fromEntries(Object.entries(task).filter(([, value]) => value !== null))

/** A job that is none of ours, or is not for the eyes of who looks. */
const stranger = ({ name, data }: BoardJob): object =>
  typeof data === 'object' && data !== null ? { ...maskTask(name, data) } : {}
