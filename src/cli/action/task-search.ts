import type { z } from 'zod'
import { TaskResultDetail, TaskResultList, searchTasks } from '../../app/task'
import { systemCall } from '../../core/call'
import { reader } from '../../infra/database'
import { say } from '../../utils/printer'
import type { SearchOptions } from '../command/task'
import { withTasks } from '../opened'
import { count as countOf, sayJson, table } from '../output'
import { conditionsIn, readInput } from './task-filter'

export const search = (options: SearchOptions): Promise<void> =>
  withTasks(async () => {
    const { count, cursor, json } = options
    const query = readInput(TaskResultList, {
      ...conditionsIn(options),
      size: count,
      ...(cursor && { cursor }),
    })
    const found = await searchTasks(systemCall(reader()), query)
    const rows = found.items.map((row) => TaskResultDetail.parse(row))
    const { total, total_is_exact: isExact, next_cursor: next } = found
    if (json) return sayJson({ items: rows, total, total_is_exact: isExact, next_cursor: next })
    say(table(['ACCEPTED', 'STATE', 'TASK', 'TASK ID', 'ERROR'], rows.map(cellsOf)))
    say(`\n${countOf(rows.length, 'task')} of ${isExact ? '' : 'at least '}${total}`)
    if (next !== null) say(`To go on: --cursor ${next}`)
  })

const MOST_OF_ERROR = 60

const cellsOf = ({ created_time, status, name, task_id, error }: z.output<typeof TaskResultDetail>) => [
  ...[created_time, status, name ?? '', task_id],
  (error ?? '').slice(0, MOST_OF_ERROR),
]
