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

/** Sets a setting for this process, as if it stood in the environment. Only works before `env.ts` is imported. */
export function presetSetting(name: string, value: string): void {
  process.env[name] = value
}

/** The environment of this process with some settings replaced, for a child process. */
export const environmentWith = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...settings,
})
