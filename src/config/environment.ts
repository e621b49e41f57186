import { resolve } from 'node:path'

/**
 * What has to be known before the settings are read, and the way in which options of the command line become settings.
 * Everything else is a setting: see `env.ts`.
 */

/** The settings file of this process, whether it is there or not; null when none is wanted. */
export function settingsFile(): string | null {
  const file = process.env.STEWARD_ENV_FILE ?? '.env'
  return file === '' ? null : file
}

/** `DEBUG=1`: failures are told with the place in the code, and the log is not silenced. */
export const isDebugging = (): boolean => !['', '0', 'false'].includes(process.env.DEBUG ?? '')

/** A file named on the command line: `scripts/steward` moves to the project's folder and says where it was called. */
export const fileFromCaller = (file: string): string => resolve(process.env.STEWARD_CALLED_FROM ?? '', file)

/** Sets a setting for this process, as if it stood in the environment. Only works before `env.ts` is imported. */
export function presetSetting(name: string, value: string): void {
  process.env[name] = value
}

/** The environment of this process with some settings replaced, for a child process. */
export const environmentWith = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...settings,
})
