import { maskArguments, maskTask, preview } from '#core'
import type { ResultRow } from '../crud/result'
import { STATES, type TaskResultDetail } from '../schema/result'

/** In a list, where nobody reads more of each; alone, a result is shown as it was kept. */
const LONGEST_IN_LIST = 10 * 1024
const LONGEST_ALONE = 1024 * 1024

/** A result as it is shown: JSON texts read again, secrets masked, since every user may look. */
export function detailOf(row: ResultRow, longest = LONGEST_ALONE): TaskResultDetail {
  const { status, result, args, kwargs, name, starts, log, traceback, ...rest } = row
  const task = name ?? ''
  const bounded = (value: unknown) => preview(value, longest, 'the value is') ?? value
  return {
    ...rest,
    ...timesOf(row),
    ...{ name, attempts: starts, status: STATES.find((state) => state === status) ?? 'PENDING' },
    ...{ log: lastOf(log, longest), traceback: lastOf(traceback, longest) },
    result: bounded(maskTask(task, parsed(result))),
    args: bounded(maskedArgs(task, parsed(args))),
    kwargs: bounded(maskTask(task, parsed(kwargs))),
  }
}

export const inList = (row: ResultRow): TaskResultDetail => detailOf(row, LONGEST_IN_LIST)

/** Of the last attempt, in milliseconds. */
function timesOf({ created_time, due_time, started_time, date_done }: ResultRow) {
  const due = Math.max(created_time.getTime(), due_time?.getTime() ?? 0)
  return {
    wait_time: started_time && Math.max(0, started_time.getTime() - due),
    run_time: started_time && date_done && Math.max(0, date_done.getTime() - started_time.getTime()),
  }
}

const maskedArgs = (task: string, args: unknown): unknown =>
  Array.isArray(args) ? maskArguments(task, args) : maskTask(task, args)

/** Text that is no JSON is not shown: nobody could tell what in it is secret. Its task has ended, and says why. */
function parsed(json: string | null): unknown {
  try {
    return JSON.parse(json ?? 'null')
  } catch {
    return null
  }
}

/** The end of a text tells most of it. */
const lastOf = (text: string | null, longest: number): string | null =>
  text === null || text.length <= longest ? text : `… (cut)\n${text.slice(-longest)}`
