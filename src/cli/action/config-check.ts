import { noteEnvFile } from '../../config/env-file'
import { SettingsError, type Problem } from '../../config/parse'
import { say } from '../../utils/printer'
import { failed } from '../outcome'
import { sayJson } from '../output'

export async function check({ json }: { json?: boolean }): Promise<void> {
  const problems = await findProblems()
  const notes = noteEnvFile()
  if (json) sayJson({ ok: problems.length === 0, problems, notes })
  else for (const note of notes) say(`NOTE  ${note}`)
  if (!json && problems.length === 0) say('All settings are right.')
  if (problems.length > 0) throw failed(json ? '' : new SettingsError(problems).message)
}

/** Reading the settings is what finds their problems, all at once. */
async function findProblems(): Promise<Problem[]> {
  try {
    await import('../../config/env.js')
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}
