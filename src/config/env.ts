import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseSettings, SettingsError, type Source } from './parse'
import type { Settings, Values } from './setting'
import { readEnv, type Env } from './settings'

export { SettingsError } from './parse'
export type { Problem } from './parse'
export { readEnv } from './settings'
export type { Env } from './settings'

/** The one place that reads `process.env`. The environment wins over the file. */
const source: Source = { ...readEnvFile(), ...process.env }

/**
 * The file that `STEWARD_ENV_FILE` names, or `.env` in the working folder if there is one.
 * An empty `STEWARD_ENV_FILE` means no file.
 */
function readEnvFile(): Source {
  const named = process.env.STEWARD_ENV_FILE
  const file = named ?? '.env'
  if (file === '' || (named === undefined && !existsSync(file))) return {}
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingsError([
      {
        name: 'STEWARD_ENV_FILE',
        problem: `cannot be read: ${reason}`,
        example: 'STEWARD_ENV_FILE=/etc/steward/env',
      },
    ])
  }
}

function load(): Env {
  const { env: values, problems } = readEnv(source)
  if (values === null) throw new SettingsError(problems)
  return values
}

/** The core's settings, read once. Importing this file throws `SettingsError` when any is wrong. */
export const env: Env = load()

/** What a plugin's manifest says about settings; weaker than the environment and the file. */
const offered: Record<string, string> = {}

/** Texts that count where neither the environment nor the file has a setting, until they are replaced. */
export function offerSettings(values: Readonly<Record<string, string>>): void {
  Object.assign(offered, values)
}

/**
 * Reads settings that somebody else declares, such as a plugin, from the same environment and file.
 * @throws SettingsError with every problem
 */
export function readSettings<S extends Settings>(settings: S): Readonly<Values<S>> {
  const { values, problems } = parseSettings(settings, { ...offered, ...source })
  if (problems.length > 0) throw new SettingsError(problems)
  return Object.freeze(values)
}
