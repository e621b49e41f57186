import type { z } from 'zod'
import type { FieldIssue } from './errors'

type ZodIssue = z.core.$ZodIssue
type Part = 'body' | 'query' | 'path'

/** The issue an atom raises by itself: `ctx.addIssue({ code: 'custom', params: rule('int_parsing') })`. */
export const rule = (type: string, params: Record<string, string | number> = {}) => ({ type, params })

/** Turns zod's issues into the contract's (1.5): a rule name, where it broke, and the key of its message. */
export const toFieldIssues = (part: Part, issues: readonly ZodIssue[]): FieldIssue[] =>
  issues.map((issue) => {
    const { type, params } = describe(issue)
    const loc = [part, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))]
    const ctx = Object.keys(params).length > 0 ? { ctx: params } : {}
    return { type, loc, key: `validation.${type}`, params, input: shorten(issue.input), ...ctx }
  })

interface Rule {
  type: string
  params: Record<string, string | number>
}

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
  if (origin === 'string')
    return side === 'max' ? rule('string_too_long', { max: limit }) : rule('string_too_short', { min: limit })
  if (origin === 'array' || origin === 'set') {
    return side === 'max' ? rule('too_long', { max: limit }) : rule('too_short', { min: limit })
  }
  if (side === 'max')
    return inclusive ? rule('less_than_equal', { le: limit }) : rule('less_than', { lt: limit })
  return inclusive ? rule('greater_than_equal', { ge: limit }) : rule('greater_than', { gt: limit })
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
