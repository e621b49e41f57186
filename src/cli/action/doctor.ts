import { noteEnvFile } from '../../config/env-file'
import { SettingsError } from '../../config/parse'
import { say } from '../../utils/printer'
import { failed } from '../outcome'
import { count, sayJson } from '../output'
import { broken, messageOf, notice, ok, type Finding, type State } from './check/check'

const MARKS: Record<State, string> = { ok: 'ok', notice: 'NOTE', broken: 'BROKEN', skipped: '-' }

export async function doctor({ json }: { json?: boolean }): Promise<void> {
  const findings: Finding[] = []
  const told = (found: Finding[]) => {
    findings.push(...found)
    if (!json) for (const finding of found) show(finding)
  }
  told(await settingsCheck())
  // Without settings there is nowhere to look.
  if (findings.every(({ state }) => state !== 'broken')) await lookAround(told)
  const bad = findings.filter(({ state }) => state === 'broken').length
  const notes = findings.filter(({ state }) => state === 'notice').length
  if (json) sayJson({ ok: bad === 0, findings })
  else say(`\n${bad === 0 ? 'Nothing is broken' : `${count(bad, 'thing')} broken`}; ${count(notes, 'note')}.`)
  if (bad > 0) throw failed()
}

async function settingsCheck(): Promise<Finding[]> {
  try {
    await import('../../config/env.js')
    return [ok('settings', 'all right'), ...noteEnvFile().map(fileNote)]
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems.map(({ name, problem, example }) =>
      broken(name, problem, `For example: ${example}`),
    )
  }
}

const fileNote = (words: string): Finding =>
  notice('settings file', words, 'Correct the line or take it out; what can be set: steward config reference')

async function lookAround(told: (found: Finding[]) => void): Promise<void> {
  const machine = await import('./check/machine.js')
  told([machine.nodeVersion(), machine.timeZones()])
  told([await machine.dataFolder(), await machine.diskSpace()])
  told([await machine.secretFiles(), machine.tokenKey(), await machine.portFree()])
  told(await guarded('Redis', async () => (await import('./check/redis.js')).redisChecks()))
  told(await guarded('database', async () => (await import('./check/database.js')).databaseChecks()))
}

/** A check that fails in an unexpected way is a finding, not the end of the examination. */
async function guarded(name: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    return [broken(name, messageOf(error), 'DEBUG=1 steward doctor shows more.')]
  }
}

function show({ name, state, found, advice }: Finding): void {
  say(`${MARKS[state].padEnd(7)} ${name.padEnd(22)} ${found}`)
  if (advice !== undefined) say(`${' '.repeat(8)}${' '.repeat(23)}-> ${advice}`)
}
