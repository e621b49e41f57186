import { redact, type Ending, type Failure, type News } from '#core'
import type { ResultRow } from '../crud/result'

/** Columns of a final state (contract 4.1). */
export function endColumns(ending: Ending): Partial<ResultRow> & Pick<ResultRow, 'status'> {
  const { status } = ending
  if (status === 'SUCCESS')
    return { status, result: JSON.stringify(redact(ending.result)) ?? 'null', traceback: null, progress: 100 }
  if (status === 'FAILURE') return { status, ...failureColumns(ending.failure) }
  const error = {
    exc_type: 'TaskRevokedError',
    exc_message: [ending.reason],
    exc_module: 'celery.exceptions',
  }
  return { status, result: JSON.stringify(error), traceback: null }
}

export const failureColumns = ({ error, traceback }: Failure) => ({
  result: JSON.stringify(error),
  traceback: traceback.replaceAll('\0', ''),
})

export const newsColumns = ({ progress, log }: News) => ({
  progress,
  log: log?.replaceAll('\0', '') ?? null,
})
