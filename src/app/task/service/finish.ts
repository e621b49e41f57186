import { now, type BegunTask, type Db, type News, type Outcome } from '#core'
import { outboxCrud } from '../crud/outbox'
import { resultCrud, type ResultRow } from '../crud/result'
import { HEAD_START_MS } from './accept'
import { endColumns, failureColumns, newsColumns } from './columns'

export interface End {
  task: BegunTask
  outcome: Outcome
  news: News
}

/** Writes how attempts ended. @returns for each, in order, whether the task was still that worker's */
export async function finishAll(db: Db, ends: End[]): Promise<boolean[]> {
  const rows = await resultCrud.lockStates(
    db,
    ends.map(({ task }) => task.id),
  )
  const states = new Map(rows.map((row) => [row.id, row]))
  const isOurs = ({ task }: End) => {
    const row = states.get(task.id)
    return row?.status === 'STARTED' && row.starts === task.starts
  }
  const ours = ends.filter(isOurs)
  await resultCrud.rewrite(
    db,
    ours.flatMap((one) => {
      const row = states.get(one.task.id)
      return row ? [{ row, values: columnsOf(one) }] : []
    }),
  )
  await leaveOrStay(db, ours)
  return ends.map(isOurs)
}

/** What has ended leaves the outbox with its last state; the rest is looked after from there. */
async function leaveOrStay(db: Db, ends: End[]): Promise<void> {
  const over: string[] = []
  for (const { task, outcome } of ends) {
    // The worker puts the job back itself; should it die before, the outbox does.
    if (outcome.status === 'RETRY') await putOff(db, task.id, outcome.at)
    else if (outcome.status === 'HANDED_BACK') await putOff(db, task.id, now())
    else over.push(task.id)
  }
  await outboxCrud.drop(db, over)
}

const putOff = (db: Db, id: string, due: Date) =>
  outboxCrud.reschedule(db, id, due, new Date(due.getTime() + HEAD_START_MS))

/** The same columns for every outcome, so that one statement can write them all. */
function columnsOf({ task, outcome, news }: End): Partial<ResultRow> {
  const { retries } = task
  const common = { ...newsColumns(news), lease_time: null, retries, date_done: null, traceback: null }
  if (outcome.status === 'HANDED_BACK')
    return { ...common, status: retries > 0 ? 'RETRY' : 'PENDING', result: null }
  if (outcome.status === 'RETRY')
    return { ...common, status: 'RETRY', retries: retries + 1, ...failureColumns(outcome.failure) }
  return { ...common, date_done: now(), ...endColumns(outcome) }
}
