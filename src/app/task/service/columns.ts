import { maskTask, preview, wellFormed, type Ending, type Failure, type News } from '#core'
import type { ResultRow } from '../crud/result'

/** What a task returns is for people to look at; who returns more should store it elsewhere and return where. */
const LONGEST_RESULT = 64 * 1024
const LONGEST_TRACEBACK = 64 * 1024
/** Length of the column. */
const LONGEST_ERROR = 500

/** Columns of a final state (contract 4.1). */
export function endColumns(name: string, ending: Ending): Partial<ResultRow> & Pick<ResultRow, 'status'> {
  const { status } = ending
  if (status === 'SUCCESS') {
    const masked = maskTask(name, ending.result)
    const kept = preview(masked, LONGEST_RESULT, 'the result was') ?? masked
    return { status, result: JSON.stringify(kept), traceback: null, error: null, progress: 100 }
  }
  if (status === 'FAILURE') return { status, ...failureColumns(ending.failure) }
  const error = {
    exc_type: 'TaskRevokedError',
    exc_message: [ending.reason],
    exc_module: 'celery.exceptions',
  }
  return { status, result: JSON.stringify(error), traceback: null, error: ending.reason }
}

export const failureColumns = ({ error, traceback }: Failure) => ({
  result: JSON.stringify(preview(error, LONGEST_RESULT, 'the error was') ?? error),
  traceback: cut(clean(traceback), LONGEST_TRACEBACK),
  error: cut(sentenceOf(error), LONGEST_ERROR),
})

export const newsColumns = ({ progress, log }: News) => ({
  progress,
  log: log === null ? null : clean(log),
})

/** Why it failed, in one line. */
export const sentenceOf = ({ exc_type, exc_message }: Failure['error']): string =>
  clean(`${exc_type}: ${exc_message.join(' ')}`).replace(/\s+/g, ' ')

const clean = (text: string) => text.replaceAll('\0', '')

const MARK = ' … (cut)'

/** The beginning of a text that is too long, with a mark that says so; never half a character. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${wellFormed(text.slice(0, max - MARK.length))}${MARK}`
