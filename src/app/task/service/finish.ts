import { allOf, now, type BegunTask, type Db, type News, type Outcome } from '#core'
import { outboxCrud } from '../crud/outbox'
import { resultCrud, type ResultRow } from '../crud/result'
import { HEAD_START_MS } from './accept'
import { endColumns, failureColumns, newsColumns } from './columns'
import { indexErrors, type FailedTask } from './index-words'

export interface End {
  task: BegunTask
  outcome: Outcome
  news: News
}

/** Writes how attempts ended. @returns for each, in order, whether the task was still that worker's */
export async function finishAll(db: Db, ends: End[]): Promise<boolean[]> {
  if (ends.length === 0) return []
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
  const moment = now()
  await allOf([
    resultCrud.rewrite(
      db,
      ours.map((one) => ({ id: one.task.id, values: columnsOf(one, moment) })),
    ),
    leaveOrStay(db, ours),
    indexErrors(db, ours.flatMap(failureIn)),
  ])
  return ends.map(isOurs)
}

/** What has ended leaves the outbox with its last state; the rest is looked after from there. */
async function leaveOrStay(db: Db, ends: End[]): Promise<void> {
  const over: string[] = []
  const put: ReturnType<typeof putOff>[] = []
  for (const { task, outcome } of ends) {
    // The worker puts the job back itself; should it die before, the outbox does.
    if (outcome.status === 'RETRY') put.push(putOff(task.id, outcome.at))
    else if (outcome.status === 'HANDED_BACK') put.push(putOff(task.id, now()))
    else over.push(task.id)
  }
  await allOf([outboxCrud.drop(db, over), outboxCrud.rewrite(db, put)])
}

const failureIn = ({ task, outcome }: End): FailedTask[] =>
  'failure' in outcome ? [{ id: task.id, failure: outcome.failure }] : []

const putOff = (id: string, due: Date) => ({
  id,
  values: { due_time: due, push_time: new Date(due.getTime() + HEAD_START_MS) },
})

function columnsOf({ task, outcome, news }: End, moment: Date): Partial<ResultRow> {
  const { retries, name } = task
  const { progress, log } = newsColumns(news)
  if (outcome.status !== 'HANDED_BACK' && outcome.status !== 'RETRY') {
    const end = endColumns(name, outcome)
    // One literal: one that is put together takes ten times the memory.
    return {
      lease_time: null,
      date_done: moment,
      status: end.status,
      result: end.result,
      traceback: end.traceback,
      error: end.error,
      progress: end.progress ?? progress,
      log,
      retries,
    }
  }
  const nothing = { lease_time: null, date_done: null, traceback: null, error: null }
  const common = { ...nothing, progress, log, retries }
  if (outcome.status === 'HANDED_BACK')
    return { ...common, status: retries > 0 ? 'RETRY' : 'PENDING', result: null, due_time: moment }
  return {
    ...{ ...common, status: 'RETRY', retries: retries + 1, due_time: outcome.at },
    ...failureColumns(outcome.failure),
  }
}
