import {
  GroupCommit,
  inTransaction,
  reader,
  type BegunTask,
  type Db,
  type News,
  type Outcome,
  type Starter,
  type TaskStore,
} from '#core'
import { queueCrud } from '../crud/queue'
import { resultCrud } from '../crud/result'
import { accept } from './accept'
import { beginAll, leaseEnd, type Begin } from './begin'
import { finishAll, type End } from './finish'

/** Tasks that begin, or end, at about the same time share a transaction: a commit is what costs most. */
const begins = new GroupCommit((group: Begin[]) => inTransaction((db) => beginAll(db, group)))
const ends = new GroupCommit((group: End[]) => inTransaction((db) => finishAll(db, group)))

/** Keeps tasks in `task_result`, and in `task_outbox` as long as they are not finished. */
export const store: TaskStore = {
  accept,
  begin: (id: string, starter: Starter) => begins.add({ id, starter }),
  finish,
  note,
  renew,
  pausedQueues: async () => new Set(await queueCrud.paused(reader())),
}

async function finish(task: BegunTask, outcome: Outcome, news: News, db?: Db): Promise<boolean> {
  if (!db) return ends.add({ task, outcome, news })
  const [isOurs = false] = await finishAll(db, [{ task, outcome, news }])
  return isOurs
}

/** Nothing is noted any more once the task has ended or another worker has it. */
async function note({ id, starts }: BegunTask, news: News): Promise<void> {
  const log = news.log?.replaceAll('\0', '') ?? null
  await inTransaction((db) => resultCrud.swap(db, { id, starts, status: 'STARTED' }, { ...news, log }))
}

function renew(worker: string, ids: readonly string[]): Promise<string[]> {
  return inTransaction((db) => resultCrud.renew(db, worker, ids, leaseEnd()))
}
