import type { z } from 'zod'
import type { FieldIssue } from './errors'
import { isSecretKey } from './redact'

type ZodIssue = z.core.$ZodIssue
type Part = 'body' | 'query' | 'path'

type Params = Record<string, string | number>

/** A broken rule: its name, what its words need, and the limits that the contract reports. */
export interface Rule {
  type: string
  params: Params
  ctx: Params
}

/** The issue an atom raises by itself: `ctx.addIssue({ code: 'custom', params: rule('int_parsing') })`. */
export const rule = (type: string, params: Params = {}, ctx: Params = params) => ({ type, params, ctx })

/** Turns zod's issues into the contract's (1.5): a rule name, where it broke, and the key of its message. */
export const toFieldIssues = (part: Part, issues: readonly ZodIssue[]): FieldIssue[] =>
  issues.map((issue) => {
    const { type, params, ctx } = describe(issue)
    const loc = [part, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))]
    const limits = Object.keys(ctx).length > 0 ? { ctx } : {}
    const input = loc.some((key) => isSecretKey(String(key))) ? undefined : shorten(issue.input)
    return { type, loc, key: `validation.${type}`, params, input, ...limits }
  })

function describe(issue: ZodIssue): Rule {
  switch (issue.code) {
    case 'custom':
      return isRule(issue.params) ? issue.params : rule('value_error')
    case 'invalid_type':
      return rule(typeRule(issue.expected, issue.input))
    case 'too_big':
      return sizeRule(issue.origin, 'max', Number(issue.maximum), issue.inclusive ?? true)
    case 'too_small':
      return sizeRule(issue.origin, 'min', Number(issue.minimum), issue.inclusive ?? true)
    case 'invalid_format':
      return formatRule(issue.format)
    case 'invalid_value':
      if (issue.input === undefined) return rule('missing')
      return rule('enum', { expected: issue.values.map(String).join(', ') })
    default:
      return rule('value_error')
  }
}

const isRule = (value: unknown): value is Rule =>
  typeof value === 'object' && value !== null && 'type' in value && 'params' in value

const TYPE_RULES: Record<string, string> = {
  string: 'string_type',
  boolean: 'bool_type',
  array: 'list_type',
  object: 'model_attributes_type',
  record: 'model_attributes_type',
}

function typeRule(expected: string, input: unknown): string {
  if (input === undefined) return 'missing'
  if (expected === 'int' || expected === 'number')
    return typeof input === 'string' ? 'int_parsing' : 'int_type'
  if (expected === 'boolean' && typeof input === 'string') return 'bool_parsing'
  return TYPE_RULES[expected] ?? 'value_error'
}

function sizeRule(origin: string, side: 'max' | 'min', limit: number, inclusive: boolean): Rule {
  const words = { [side]: limit }
  if (origin === 'string' || origin === 'array' || origin === 'set') {
    const list = side === 'max' ? 'too_long' : 'too_short'
    return rule(origin === 'string' ? `string_${list}` : list, words, { [`${side}_length`]: limit })
  }
  const than = side === 'max' ? 'less_than' : 'greater_than'
  const short = side === 'max' ? 'l' : 'g'
  return inclusive
    ? rule(`${than}_equal`, words, { [`${short}e`]: limit })
    : rule(than, words, { [`${short}t`]: limit })
}

function formatRule(format: string): Rule {
  if (format === 'email') return rule('email')
  if (format === 'url') return rule('url_parsing')
  return rule('string_pattern_mismatch')
}

/** An echo of the input helps to find the field; a whole document does not. */
function shorten(input: unknown): unknown {
  if (typeof input === 'string') return input.length > 100 ? `${input.slice(0, 100)}…` : input
  if (typeof input === 'number' || typeof input === 'boolean' || input === null) return input
  return undefined
}
