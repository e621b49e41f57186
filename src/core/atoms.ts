import { z } from 'zod'
import { env } from '../config/env'
import { formatTime, parseTime } from '../utils/time'
import { wellFormed } from '../utils/well-formed'
import { rule } from '../common/issues'
import { MAX_PAGE_SIZE } from '../common/page'

/** The building blocks of every schema. Coming in they are lenient where the contract is; going out they are exact. */

const MAX_ID = 9_223_372_036_854_775_807n

/**
 * An id: decimal text on the way out, text or number on the way in. A number above 2^53 has already lost its last
 * digits when it was parsed, so it is refused instead of silently meaning another row.
 */
export const id = () =>
  z
    .unknown()
    .transform((value, ctx): string => {
      if (typeof value === 'string' && USUAL_ID.test(value)) return value
      const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value
      const problem = idProblem(value, text)
      if (!problem && typeof text === 'string') return String(BigInt(text))
      ctx.addIssue({ code: 'custom', params: rule(problem ?? 'int_type'), input: value })
      return z.NEVER
    })
    .meta({ override: { type: 'string', pattern: '^[0-9]{1,19}$', examples: ['2049629108245233664'] } })

/** Up to 8·10¹⁸, without leading zeros: what every id made here looks like, so no arithmetic is needed. */
const USUAL_ID = /^(?:[1-9]\d{0,17}|[1-8]\d{18})$/

function idProblem(value: unknown, text: unknown): string | null {
  if (value === undefined) return 'missing'
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'unsafe_integer'
  if (typeof text !== 'string') return 'int_type'
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > MAX_ID) return 'int_parsing'
  return null
}

/** A reference that may be absent. 0 and the empty text mean "none", as the ancestor's pages send them. */
export const optionalId = () =>
  z
    .preprocess((value) => (value === 0 || value === '0' || value === '' ? null : value), id().nullable())
    .optional()

/** A list of ids without repetition. */
export const ids = (max = 1000) =>
  z
    .array(id())
    .max(max)
    .transform((list) => [...new Set(list)])

const isInteger = (text: string) => /^[+-]?\d{1,15}(\.0*)?$/.test(text.trim())

/** An integer; digits in a text are accepted. */
export const int = (limits: { min?: number; max?: number } = {}) =>
  z.preprocess(
    (value) => (typeof value === 'string' && isInteger(value) ? Number(value) : value),
    z
      .int()
      .min(limits.min ?? -2_147_483_648)
      .max(limits.max ?? 2_147_483_647),
  )

const isNumber = (text: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())

/** A number, whole or not; digits in a text are accepted. */
export const number = () =>
  z
    .unknown()
    .transform((value, ctx): number => {
      const given = typeof value === 'string' && isNumber(value) ? Number(value) : value
      if (typeof given === 'number' && Number.isFinite(given)) return given
      const type = typeof value === 'string' ? 'float_parsing' : 'float_type'
      ctx.addIssue({ code: 'custom', params: rule(value === undefined ? 'missing' : type), input: value })
      return z.NEVER
    })
    .meta({ override: { type: 'number' } })

/** One of a few integers, e.g. a status. */
export const choice = <const T extends readonly [number, ...number[]]>(...values: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' && isInteger(value) ? Number(value) : value),
    z.literal(values as readonly [T[number], ...T[number][]]),
  )

/** 0 disabled, 1 enabled. */
export const status = () => choice(0, 1)

const TRUE = new Set<unknown>([true, 1, '1', 'true', 'yes', 'on', 't', 'y'])
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'no', 'off', 'f', 'n'])

/** A boolean; the usual words and 0/1 are accepted, letter case ignored. */
export const bool = () =>
  z.preprocess((value) => {
    const word = typeof value === 'string' ? value.toLowerCase() : value
    if (TRUE.has(word)) return true
    return FALSE.has(word) ? false : value
  }, z.boolean())

/** Text of at most `max` characters without NUL, which no database keeps. */
export const text = (max: number, min = 0) =>
  z
    .string()
    .overwrite(wellFormed)
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\0'), { params: rule('null_byte') })

/** Text that may be absent or null; the empty text means null. */
export const optionalText = (max: number) =>
  z.preprocess((value) => (value === '' ? null : value), text(max).nullable()).optional()

/** A text filter of a list: the empty text means "no filter". */
export const filter = (max = 256) =>
  z.preprocess((value) => (value === '' ? undefined : value), text(max).optional())

/** A filter by id: absent, empty and 0 mean "no filter". */
export const idFilter = () =>
  z.preprocess((value) => (value === '' || value === '0' ? undefined : value), id().optional()).optional()

export const emailText = (max = 256) => z.email().max(max)
export const optionalEmail = (max = 256) =>
  z.preprocess((value) => (value === '' ? null : value), emailText(max).nullable()).optional()

const PHONE = /^1[3-9]\d{9}$/
/** A mobile number of mainland China, the only kind the pages know. */
export const phoneText = () => z.string().regex(PHONE)
export const optionalPhone = () =>
  z.preprocess((value) => (value === '' ? null : value), phoneText().nullable()).optional()

/** An absolute http or https address. */
export const webAddress = (max = 256) => z.url({ protocol: /^https?$/ }).max(max)
export const optionalWebAddress = (max = 256) =>
  z.preprocess((value) => (value === '' ? null : value), webAddress(max).nullable()).optional()

/** What a moment reads like that has been through a cache. */
const JSON_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** A moment on the way out: `YYYY-MM-DD HH:mm:ss` in DATETIME_TIMEZONE. */
export const timestamp = () =>
  z
    .union([z.date(), z.string()])
    .transform((value) => {
      const moment = typeof value === 'string' && JSON_TIME.test(value) ? new Date(value) : value
      return moment instanceof Date ? formatTime(moment, env.DATETIME_TIMEZONE) : moment
    })
    .meta({ override: { type: 'string', examples: ['2026-11-21 09:30:00'] } })

/** A moment on the way in: ISO 8601 or the form of `timestamp`; without an offset it is DATETIME_TIMEZONE's clock. */
export const moment = () =>
  z
    .unknown()
    .transform((value, ctx): Date => {
      const time = typeof value === 'string' ? parseTime(value, env.DATETIME_TIMEZONE) : null
      if (time) return time
      const type = value === undefined ? 'missing' : 'datetime_parsing'
      ctx.addIssue({ code: 'custom', params: rule(type), input: value })
      return z.NEVER
    })
    .meta({ override: { type: 'string', format: 'date-time', examples: ['2026-11-21T09:30:00+08:00'] } })

/** A moment that may be absent or null; the empty text means null. */
export const optionalMoment = () =>
  z.preprocess((value) => (value === '' ? null : value), moment().nullable()).optional()

/** A moment on the way out as ISO 8601 with zone. */
export const isoTime = () =>
  z
    .union([z.date(), z.string()])
    .transform((value) => (value instanceof Date ? value.toISOString() : value))
    .meta({ override: { type: 'string', format: 'date-time' } })

/** `page` and `size` of a paged list. */
export const pageQuery = {
  page: int({ min: 1, max: 1_000_000_000 }).default(1),
  size: int({ min: 1, max: MAX_PAGE_SIZE }).default(20),
}
