import type { ColumnKind } from '../infra/db'
import { parseTime } from '../utils/time'

export type RuleValue = string | number | boolean | Date

/** What the template variables of a rule's value mean for one user. */
export interface RuleVariables {
  user_id: string
  dept_id: string | null
  now: Date
  /** IANA name of the zone in which times are written. */
  timezone: string
}

const MAX_ID = 9_223_372_036_854_775_807n
const MAX_INTEGER = 2_147_483_647
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/**
 * The value a rule compares with: `${user_id}`, `${dept_id}` or `${now}` resolved, everything else converted.
 * @returns null when the variable has no value for this user, or the text is none of this kind
 */
export function ruleValue(text: string, kind: ColumnKind, variables: RuleVariables): RuleValue | null {
  const name = /^\$\{(.*)\}$/s.exec(text)?.[1]
  if (name === undefined) return convert(text, kind, variables.timezone)
  if (name === 'user_id') return convert(variables.user_id, kind, variables.timezone)
  if (name === 'dept_id' && variables.dept_id !== null)
    return convert(variables.dept_id, kind, variables.timezone)
  if (name === 'now' && kind === 'time') return variables.now
  return null
}

/** @param zone in which a time without one is meant */
export function convert(text: string, kind: ColumnKind, zone: string): RuleValue | null {
  const trimmed = text.trim()
  switch (kind) {
    case 'string':
      return text.includes('\0') ? null : text
    case 'id':
      return /^\d{1,19}$/.test(trimmed) && BigInt(trimmed) <= MAX_ID ? String(BigInt(trimmed)) : null
    case 'integer':
      return /^[+-]?\d{1,10}$/.test(trimmed) && Math.abs(Number(trimmed)) <= MAX_INTEGER
        ? Number(trimmed)
        : null
    case 'number':
      return /^[+-]?\d{1,300}(\.\d{1,300})?$/.test(trimmed) ? Number(trimmed) : null
    case 'boolean':
      return BOOLEANS.get(trimmed.toLowerCase()) ?? null
    case 'time':
      return parseTime(trimmed, zone)
  }
}
