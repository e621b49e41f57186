import {
  GroupCommit,
  allOf,
  countTask,
  inTransaction,
  reader,
  tellTaskEvent,
  type BegunTask,
  type Db,
  type News,
  type NotBegun,
  type Outcome,
  type Starter,
  type TaskStore,
} from '#core'
import { queueCrud } from '../crud/queue'
import { resultCrud } from '../crud/result'
import { accept } from './accept'
import { beginAll, leaseEnd, type Begin, type Begun } from './begin'
import { finishAll, type End } from './finish'

type Step = { begin: Begin } | { end: End }

/** Tasks that begin and tasks that end at about the same time share a transaction: a commit is what costs most. */
const steps = new GroupCommit((group: Step[]) => inTransaction((db) => takeSteps(db, group)))

/** The answer to who begins a task that ends in the same commit: it was taken for lost, and its end is looked at first. */
const ENDING: Begun = { answer: { later: 1000 }, event: null, is_refused: false }

/** @returns for each, in order, what `beginAll` or `finishAll` says */
async function takeSteps(db: Db, group: Step[]): Promise<(Begun | boolean)[]> {
  const ends = group.flatMap((one) => ('end' in one ? [one.end] : []))
  const ending = new Set(ends.map(({ task }) => task.id))
  const isEnding = (one: Step) => 'begin' in one && ending.has(one.begin.id)
  const begins = group.flatMap((one) => ('begin' in one && !isEnding(one) ? [one.begin] : []))
  // Of different tasks: the database need not wait for us between its answers to both.
  const [ended, begun] = await allOf([finishAll(db, ends), beginAll(db, begins)])
  const answers = { ended: ended.values(), begun: begun.values() }
  return group.map((one) => {
    if (isEnding(one)) return ENDING
    return ('end' in one ? answers.ended : answers.begun).next().value ?? false
  })
}

/** Keeps tasks in `task_result`, and in `task_outbox` as long as they are not finished. */
export const store: TaskStore = {
  accept,
  begin,
  finish,
  note,
  renew,
  pausedQueues: async () => new Set(await queueCrud.paused(reader())),
}

async function begin(id: string, starter: Starter): Promise<BegunTask | NotBegun> {
  const begun = await steps.add({ begin: { id, starter } })
  if (typeof begun === 'boolean') throw new TypeError('a task that begins was answered as one that ends')
  const { answer, event, is_refused } = begun
  if (event) tellTaskEvent(event)
  if (event && is_refused) countTask('rejected', event.name)
  return answer
}

async function finish(task: BegunTask, outcome: Outcome, news: News, db?: Db): Promise<boolean> {
  if (!db) return (await steps.add({ end: { task, outcome, news } })) === true
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
