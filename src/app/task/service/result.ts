import { notFound, nothingChanged, wantedWords, type Call, type Db } from '#core'
import { resultCrud, type ResultRow } from '../crud/result'
import { searchCrud } from '../crud/search'
import type { SearchFilter } from '../crud/search-source'
import type { TaskFilter, TaskResultDetail, TaskResultList } from '../schema/result'
import { detailOf, inList } from './shown'

/** One result. @throws 404 */
export async function get(call: Call, id: string): Promise<TaskResultDetail> {
  const row = await resultCrud.get(call.db, id)
  if (!row) throw notFound('task_result.not_found')
  return detailOf(row)
}

/** How far a task is; `date_done` only where it has ended for good. */
export type Became = Pick<ResultRow, 'status' | 'error' | 'date_done'>

/** What became of tasks, by task id; what is not kept any more is left out. */
export async function becameOf(db: Db, taskIds: readonly string[]): Promise<Map<string, Became>> {
  if (taskIds.length === 0) return new Map()
  return new Map((await resultCrud.byTaskIds(db, taskIds)).map((row) => [row.task_id, row]))
}

/** The result of a task. @throws 404 */
export async function ofTask(call: Call, taskId: string): Promise<TaskResultDetail> {
  const row = await resultCrud.byTaskId(call.db, taskId)
  if (!row) throw notFound('task_result.not_found')
  return detailOf(row)
}

export interface ResultPage {
  items: TaskResultDetail[]
  /** At least that many where `total_is_exact` is false. */
  total: number
  total_is_exact: boolean
  /** For `cursor`; null at the end. A page can be empty and still not be the last. */
  next_cursor: string | null
}

/** The newest results that fit every condition. */
export async function search(call: Call, query: TaskResultList): Promise<ResultPage> {
  const page = { size: query.size, offset: (query.page - 1) * query.size }
  const found = await searchCrud.search(call.db, filterOf(query, query.cursor), page)
  const rows = await searchCrud.inOrder(call.db, found.ids)
  return {
    items: rows.map(inList),
    total: found.total,
    total_is_exact: found.is_exact,
    next_cursor: found.next,
  }
}

/** The filter as the search knows it. @param before only ids below this one */
export function filterOf({ text, ...filter }: TaskFilter, before?: string): SearchFilter {
  const { created_from, created_to, done_from, done_to, ...rest } = filter
  return {
    ...rest,
    ...{ before, words: text === undefined ? undefined : wantedWords(text) },
    ...{ created_from: created_from ?? undefined, created_to: created_to ?? undefined },
    ...{ done_from: done_from ?? undefined, done_to: done_to ?? undefined },
  }
}

/** Finished ones only: the row of a task that still has to run is the task. */
export async function remove(call: Call, pks: string[]): Promise<void> {
  if ((await resultCrud.strike(call.db, pks)) === 0) throw nothingChanged()
}
