import { readFileSync } from 'node:fs'
import type { Setting, Settings, Values } from './setting'

export type Source = Readonly<Record<string, string | undefined>>

export interface Problem {
  name: string
  /** Completes the sentence that starts with the name: "must be a whole number ...". */
  problem: string
  /** A right line for `.env`. */
  example: string
}

/** Thrown once with everything that is wrong, so that nobody has to start the program five times. */
export class SettingsError extends Error {
  constructor(readonly problems: Problem[]) {
    const lines = problems.map(
      ({ name, problem, example }) => `  ${name} ${problem}\n    example: ${example}`,
    )
    const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`
    super(`${count} wrong (environment or .env file):\n${lines.join('\n')}`)
    this.name = 'SettingsError'
    // The reader is an operator: where in our code this was noticed does not help.
    this.stack = this.message
  }
}

/**
 * Reads declared settings from texts.
 * @returns the values, with defaults in place of wrong ones, and every problem found
 */
export function parseSettings<S extends Settings>(
  settings: S,
  source: Source,
): { values: Values<S>; problems: Problem[] } {
  const problems: Problem[] = []
  const production = source.ENVIRONMENT?.trim().toLowerCase() === 'prod'
  const entries = Object.entries(settings).map(([name, setting]) => {
    const hasOwn = production && setting.prodDefault !== undefined
    const fallback = hasOwn ? setting.prodDefault : setting.default
    const report = (problem: string) =>
      problems.push({ name, problem, example: `${name}=${setting.example}` })
    const raw = setting.secret ? readSecret(name, source, report) : source[name]
    return [name, readOne(setting, raw, fallback, report)] as const
  })
  // Object.fromEntries forgets which name has which type; the entries were made from `settings` itself.
  return { values: Object.fromEntries(entries) as Values<S>, problems }
}

type Report = (problem: string) => void

function readOne(
  setting: Setting<unknown>,
  raw: string | undefined,
  fallback: unknown,
  report: Report,
): unknown {
  if (raw === undefined) return fallback
  if (raw === '') return setting.whenEmpty === undefined ? fallback : setting.whenEmpty
  const parsed = setting.schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const message = parsed.error.issues[0]?.message ?? 'is wrong'
  report(setting.secret ? message : `${message}, but is ${JSON.stringify(raw.slice(0, 100))}`)
  return fallback
}

/** A secret given directly, or as the content of the file that `NAME_FILE` names. */
function readSecret(name: string, source: Source, report: Report): string | undefined {
  const file = source[`${name}_FILE`]
  if (!file) return source[name]
  if (source[name]) {
    report(`is given twice, directly and by ${name}_FILE: keep one of them`)
    return undefined
  }
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    report(
      `cannot be read: ${name}_FILE names ${JSON.stringify(file)} (${error instanceof Error ? error.message : String(error)})`,
    )
    return undefined
  }
}
