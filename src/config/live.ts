import { env } from './env'
import type { Setting, Settings, Values } from './setting'
import { settings } from './settings'

/** Settings of the core that may be changed while Steward runs, by whatever `takeSettingsFrom` was given. */
export const liveSettingsOfCore = {
  LOGIN_CAPTCHA_ENABLED: settings.LOGIN_CAPTCHA_ENABLED,
  USER_LOCK_THRESHOLD: settings.USER_LOCK_THRESHOLD,
  USER_LOCK_SECONDS: settings.USER_LOCK_SECONDS,
  USER_PASSWORD_EXPIRY_DAYS: settings.USER_PASSWORD_EXPIRY_DAYS,
  USER_PASSWORD_REMINDER_DAYS: settings.USER_PASSWORD_REMINDER_DAYS,
  USER_PASSWORD_HISTORY_CHECK_COUNT: settings.USER_PASSWORD_HISTORY_CHECK_COUNT,
  USER_PASSWORD_MIN_LENGTH: settings.USER_PASSWORD_MIN_LENGTH,
  USER_PASSWORD_MAX_LENGTH: settings.USER_PASSWORD_MAX_LENGTH,
  USER_PASSWORD_REQUIRE_SPECIAL_CHAR: settings.USER_PASSWORD_REQUIRE_SPECIAL_CHAR,
  UPLOAD_STORE: settings.UPLOAD_STORE,
}

export type LiveEnv = Readonly<Values<typeof liveSettingsOfCore>>

/** Texts by the names of settings, as they would stand in `.env`. The same object while nothing has changed. */
export type SettingTexts = Readonly<Record<string, string>>

let source: (() => Promise<SettingTexts>) | undefined

/** Texts of this source count more than environment and file, from now on. @returns what takes it back */
export function takeSettingsFrom(next: () => Promise<SettingTexts>): () => void {
  source = next
  return () => {
    if (source === next) source = undefined
  }
}

/** The settings of the core that can change, as they are at this moment. Ask anew for every decision. */
export const liveEnv = (): Promise<LiveEnv> => liveSettings(liveSettingsOfCore, env)

const declarations = new Set<Settings>([liveSettingsOfCore])

/** Says that these settings of a plugin can be changed while it runs. @returns what takes it back */
export function declareLive(declared: Settings): () => void {
  declarations.add(declared)
  return () => void declarations.delete(declared)
}

/** The declaration of a setting that can be changed, for whoever takes texts for it; null for other names. */
export function liveSettingNamed(name: string): Setting<unknown> | null {
  for (const declared of declarations) {
    const found = Object.hasOwn(declared, name) ? declared[name] : undefined
    if (found) return found
  }
  return null
}

const parsed = new WeakMap<SettingTexts, Map<Settings, unknown>>()

/**
 * Settings as they are at this moment.
 * @param declared those of a plugin
 * @param values what environment and file say: where the source says nothing, or what nobody can read, these count
 */
export async function liveSettings<S extends Settings>(
  declared: S,
  values: Readonly<Values<S>>,
): Promise<Readonly<Values<S>>> {
  if (!source) return values
  const texts = await source()
  const known = parsed.get(texts) ?? new Map<Settings, unknown>()
  parsed.set(texts, known)
  if (!known.has(declared)) known.set(declared, Object.freeze({ ...values, ...overridesOf(declared, texts) }))
  return known.get(declared) as Readonly<Values<S>> // put there under the same declaration, a line above
}

function overridesOf(declared: Settings, texts: SettingTexts): Record<string, unknown> {
  const found: [string, unknown][] = []
  for (const [name, setting] of Object.entries(declared)) {
    const result = setting.schema.safeParse(texts[name])
    if (result.success) found.push([name, result.data])
  }
  return Object.fromEntries(found)
}
