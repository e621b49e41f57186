import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { TaskResultDetail, resultOfTask } from '../../app/task'
import { systemCall } from '../../core/call'
import { reader } from '../../infra/database'
import { say } from '../../utils/printer'
import { Ended, FAILED } from '../outcome'
import { sayJson } from '../output'
import { newLines } from './new-lines'

const PAUSE_MS = 300
const INTERRUPTED = 130
const REVOKED = 3
const EXIT_CODES: Record<string, number> = { SUCCESS: 0, FAILURE: FAILED, REVOKED }

/**
 * Says what happens to a task until it has ended. It is the row that is looked at, so that nothing is missed that
 * happened before, and nobody has to be signed in.
 * @throws Ended with the code of its last state, 130 after Ctrl-C; the task itself goes on then
 */
export async function follow(taskId: string, { json }: { json?: boolean }): Promise<void> {
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt)
  try {
    const last = await untilEnded(taskId, interrupted.signal, json ? () => {} : teller())
    if (json) sayJson(TaskResultDetail.parse(last))
    const code = EXIT_CODES[last.status] ?? FAILED
    if (code !== 0) throw new Ended(code)
  } finally {
    process.off('SIGINT', interrupt)
  }
}

async function untilEnded(
  taskId: string,
  signal: AbortSignal,
  tell: (row: TaskResultDetail) => void,
): Promise<TaskResultDetail> {
  for (;;) {
    const row = await resultOfTask(systemCall(reader()), taskId)
    tell(row)
    if (row.date_done !== null) return row
    await sleep(PAUSE_MS, null, { signal }).catch(() => {
      throw new Ended(INTERRUPTED, 'Left; the task goes on.')
    })
  }
}

/** Says what is new in a row since the last one. */
function teller(): (row: TaskResultDetail) => void {
  let last: { state: string; progress: number | null; log: string } = { state: '', progress: null, log: '' }
  return (row) => {
    const isDone = row.date_done !== null
    if (stateOf(row) !== last.state && !isDone) say(stateOf(row))
    for (const line of newLines(last.log, row.log ?? '')) say(`  ${line}`)
    if (row.progress !== null && row.progress !== last.progress) say(`  ${row.progress} %`)
    if (isDone) say(`${row.status}: ${outcomeOf(row)}`)
    last = { state: stateOf(row), progress: row.progress, log: row.log ?? '' }
  }
}

function stateOf({ status, name, worker, retries }: TaskResultDetail): string {
  if (status === 'STARTED') return `STARTED ${name} by ${worker}${retries ? `, retry ${retries}` : ''}`
  return `${status} ${name}`
}

const Failure = z.object({ exc_type: z.string(), exc_message: z.array(z.unknown()) })

/** What it returned, or the error in one line. */
function outcomeOf({ status, result }: TaskResultDetail): string {
  const failure = status === 'SUCCESS' ? undefined : Failure.safeParse(result).data
  if (failure) return `${failure.exc_type}: ${failure.exc_message.join(', ')}`
  return JSON.stringify(result ?? null)
}
