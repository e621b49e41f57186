import { CommanderError } from 'commander'
import { AppError, InvalidInput } from '../common/errors'
import { isDebugging } from '../config/environment'
import { reasonOf } from '../start-failure'
import { complain } from '../utils/printer'
import { Ended, FAILED, WRONG_USAGE } from './outcome'

/** Says on standard error what went wrong. @returns the exit code */
export async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return codeOfUsage(error)
  const sentence = error instanceof AppError ? await wordsOf(error) : reasonOf(error)
  if (sentence !== '') complain(sentence)
  if (isDebugging() && error instanceof Error) complain(error.stack ?? '')
  return error instanceof Ended ? error.code : FAILED
}

/** Commander has said what was wrong already. */
const codeOfUsage = ({ code, exitCode }: CommanderError): number =>
  exitCode === 0 && code !== 'commander.help' ? 0 : WRONG_USAGE

async function wordsOf(error: AppError): Promise<string> {
  const { initWords, t } = await import('../infra/i18n.js')
  initWords()
  if (!(error instanceof InvalidInput)) return `${t('en-US', error.key, error.params)}.`
  const lines = error.issues.map(
    ({ loc, key, params }) => `${loc.slice(1).join('.')}: ${t('en-US', key, params)}`,
  )
  return lines.join('\n')
}
