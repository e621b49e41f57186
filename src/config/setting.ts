import { z } from 'zod'

/**
 * How settings are declared: by the core in `topic/*.ts`, by a plugin in its `config.ts`.
 * One declaration feeds the parser, the type, `.env.example` and `docs/settings.md`.
 */
export interface Setting<T> {
  /** Reads the text of the environment; its messages complete the sentence "NAME ...". */
  schema: z.ZodType<T, string>
  /** Value when the setting is absent. */
  default: T
  /** Default in production, where it differs. */
  prodDefault?: T
  /** How the default is described when it depends on other settings. */
  defaultText?: string
  /** Value when the setting is present but empty; without it, empty counts as absent. */
  whenEmpty?: T
  /** What it means, in one or two English sentences. */
  description: string
  /** A right value, as it would stand in `.env`. */
  example: string
  /** What a value looks like, for the reference: `integer`, `text`, ... */
  type: string
  /** How a value is written in `.env`, where that is neither its text nor JSON. */
  show?(value: T): string
  /** Never shown in messages; may also be given as a file named by `NAME_FILE`. */
  secret: boolean
}

export type Settings = Record<string, Setting<unknown>>
/** The parsed values of a set of declarations. */
export type Values<S extends Settings> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

export interface SettingGroup<S extends Settings> {
  title: string
  settings: S
}

/** Names a set of settings; the title is a heading in the reference. */
export const group = <S extends Settings>(title: string, settings: S): SettingGroup<S> => ({
  title,
  settings,
})

interface Common<T> {
  default: T
  prodDefault?: T
  defaultText?: string
  description: string
  example?: string
}

function declare<T>(type: string, schema: z.ZodType<T, string>, options: Common<T>): Setting<T> {
  const example = options.example ?? showValue(options.default)
  return { ...options, type, schema, example, secret: false }
}

/** A value as it is written in `.env`. */
export function showValue<T>(value: T, setting?: Pick<Setting<T>, 'show'>): string {
  if (value === null || value === undefined) return ''
  if (setting?.show) return setting.show(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export interface TextOptions extends Common<string> {
  /** Further rule; `message` completes the sentence "NAME ...". */
  check?: { test: (value: string) => boolean; message: string }
}

export const text = (options: TextOptions): Setting<string> => {
  const { check, ...rest } = options
  const schema = z.string().refine((value) => !check || check.test(value), { error: check?.message })
  return declare('text', schema, rest)
}

export interface IntegerOptions extends Common<number> {
  min?: number
  max?: number
}

export const integer = (options: IntegerOptions): Setting<number> => {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, ...rest } = options
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  const schema = z
    .string()
    .transform((value) => (/^-?\d+$/.test(value.trim()) ? Number(value) : NaN))
    .refine((value) => value >= min && value <= max, { error: `must be a whole number ${range}` })
  return declare('integer', schema, rest)
}

const YES = new Set(['true', '1', 'yes', 'on'])
const NO = new Set(['false', '0', 'no', 'off'])

const booleanText = z.string().transform((value, context) => {
  const word = value.trim().toLowerCase()
  if (YES.has(word)) return true
  if (NO.has(word)) return false
  context.addIssue('must be true or false (1, 0, yes, no, on and off are understood)')
  return z.NEVER
})

export const flag = (options: Common<boolean>): Setting<boolean> =>
  declare('true or false', booleanText, options)

export interface ChoiceOptions<T extends string> extends Common<T> {
  /** Other spellings that are understood, lower case. */
  aliases?: Record<string, T>
}

/** One of a few words; letter case is ignored. */
export const choice = <const T extends string>(
  words: readonly T[],
  options: ChoiceOptions<T>,
): Setting<T> => {
  const { aliases = {}, ...rest } = options
  const schema = z.string().transform((value, context) => {
    const wanted = value.trim().toLowerCase()
    const found = words.find((word) => word.toLowerCase() === wanted) ?? aliases[wanted]
    if (found !== undefined) return found
    context.addIssue(`must be one of ${words.join(', ')}`)
    return z.NEVER
  })
  return declare(words.join(' or '), schema, rest)
}

/** A value written as JSON: lists, pairs, records. */
export const json = <T>(type: string, shape: z.ZodType<T>, options: Common<T>): Setting<T> => {
  const schema = z.string().transform((value, context) => {
    const parsed = shape.safeParse(parseJson(value))
    if (parsed.success) return parsed.data
    context.addIssue(`must be ${type} written as JSON`)
    return z.NEVER
  })
  return declare(`${type} (JSON)`, schema, options)
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined // no shape accepts undefined, so this is reported like any other wrong value
  }
}

export const texts = (options: Common<string[]>): Setting<string[]> =>
  json('a list of texts', z.array(z.string()), options)

/** Some of a few words, with commas between them as people type them; a JSON list is understood too. */
export const someOf = <const T extends string>(words: readonly T[], options: Common<T[]>): Setting<T[]> => {
  const schema = z.string().transform((value, context) => {
    const given = value
      .split(/[\s,[\]"']+/)
      .filter((word) => word !== '')
      .map((word) => words.find((known) => known === word.toLowerCase()))
    const found = given.filter((word) => word !== undefined)
    if (found.length > 0 && found.length === given.length) return [...new Set(found)]
    context.addIssue(`must be one or more of ${words.join(', ')}, with commas between them`)
    return z.NEVER
  })
  const setting = declare(`words of ${words.join(', ')}`, schema, options)
  return { ...setting, show: (value) => value.join(',') }
}

/** The same setting, but it may be absent or empty, which reads as null. */
export function optional<T>(
  setting: Setting<T>,
  defaults: { default?: T | null; prodDefault?: T | null } = {},
): Setting<T | null> {
  const schema: z.ZodType<T | null, string> = setting.schema
  return { ...setting, default: null, prodDefault: undefined, ...defaults, schema, whenEmpty: null }
}

/** The same setting, but its value is hidden in messages and `NAME_FILE` is accepted. */
export const secret = <T>(setting: Setting<T>): Setting<T> => ({ ...setting, secret: true })
