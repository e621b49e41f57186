import { Op, type WhereOptions } from 'sequelize'
import type { CurrentUser, RowRule } from '../common/types'
import { env } from '../config/env'
import type { ColumnKind, RowModel } from '../infra/db'
import { convert, type RuleVariables, ruleValue } from './rule-value'

export interface RowSettings {
  /** Columns that rules cannot name. */
  excluded_columns: readonly string[]
  /** What a user sees who has rules, none of which speaks of the model. */
  unmatched: 'none' | 'all'
  timezone: string
}

type Scoped = Pick<CurrentUser, 'id' | 'dept_id' | 'is_superuser' | 'roles' | 'row_rules'>

export const ALL_MODELS = '__ALL__'
const COLUMN_WORDS = new Map([
  ['__dept_id__', 'dept_id'],
  ['__created_by__', 'created_by'],
])

/** Whatever the settings say: comparing with these would let an administrator guess at them. */
const SECRET_COLUMN = /(^|_)(password|salt|secret|token|api_key|recovery_codes)$/

const standard: RowSettings = {
  excluded_columns: env.DATA_PERMISSION_COLUMN_EXCLUDE,
  unmatched: env.DATA_PERMISSION_UNMATCHED,
  timezone: env.DATETIME_TIMEZONE,
}

const OR = 1
const IN = 6
const NOT_IN = 7
const OPERATORS = new Map<number, symbol>([
  [0, Op.eq],
  [1, Op.ne],
  [2, Op.gt],
  [3, Op.gte],
  [4, Op.lt],
  [5, Op.lte],
  [IN, Op.in],
  [NOT_IN, Op.notIn],
])

/**
 * Which rows of a model a user may see and touch. Rules joined by AND must all hold; or else one joined by OR.
 *
 * Comparing is left to the database and works as SQL does: a row whose column is null satisfies no condition, not even
 * `<>` or `not in`; texts are ordered by the collation; SQLite orders ids as texts, which is the same for ids of 19
 * digits. A rule that cannot be understood is a condition that never holds, so a mistake never shows more.
 * @returns a condition made of values only, for `findAll` and friends
 */
export function rowFilter(
  user: Scoped,
  model: RowModel,
  settings: RowSettings = standard,
): WhereOptions | 'everything' | 'nothing' {
  if (user.is_superuser || user.roles.some((role) => !role.is_filter_scopes)) return 'everything'
  if (user.row_rules.length === 0) return 'nothing'
  const rules = user.row_rules.filter((rule) => columnOf(rule, model, settings) !== null)
  if (rules.length === 0) return settings.unmatched === 'all' ? 'everything' : 'nothing'

  const variables = { user_id: user.id, dept_id: user.dept_id, now: new Date(), timezone: settings.timezone }
  const condition = (rule: RowRule) => conditionOf(rule, model, settings, variables)
  const all = rules.filter((rule) => rule.operator !== OR).map(condition)
  const any = rules.filter((rule) => rule.operator === OR).map(condition)
  const together = all.filter((one) => one !== null)
  const alternatives = any.filter((one) => one !== null)
  if (all.length > 0 && together.length === all.length) alternatives.unshift({ [Op.and]: together })
  return alternatives.length > 0 ? { [Op.or]: alternatives } : 'nothing'
}

/** The column a rule means in this model; null when it says nothing about the model. */
function columnOf(rule: RowRule, model: RowModel, settings: RowSettings): string | null {
  if (rule.model !== model.name && rule.model !== ALL_MODELS) return null
  const column = COLUMN_WORDS.get(rule.column) ?? rule.column
  return isOffered(column, model, settings) ? column : null
}

const isOffered = (column: string, model: RowModel, settings: RowSettings) =>
  Object.hasOwn(model.columns, column) &&
  !settings.excluded_columns.includes(column) &&
  !SECRET_COLUMN.test(column)

/** Null is the condition that never holds. */
function conditionOf(
  rule: RowRule,
  model: RowModel,
  settings: RowSettings,
  variables: RuleVariables,
): WhereOptions | null {
  const column = columnOf(rule, model, settings)
  const kind = column === null ? undefined : model.columns[column]
  const operator = OPERATORS.get(rule.expression)
  if (column === null || kind === undefined || operator === undefined) return null
  const values = partsOf(rule).map((part) => ruleValue(part, kind, variables))
  if (values.length === 0 || values.includes(null)) return null
  return { [column]: { [operator]: isList(rule) ? values : values[0] } }
}

const isList = (rule: RowRule) => rule.expression === IN || rule.expression === NOT_IN

/** The texts that a rule compares with: its value, or for a list the parts between commas. */
function partsOf(rule: RowRule): string[] {
  if (!isList(rule)) return [rule.value]
  return rule.value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** The columns of a model that rules may name, in order, with the words that stand for columns at the end. */
export function ruleColumns(model: RowModel | null, settings: RowSettings = standard): string[] {
  const own = Object.keys(model?.columns ?? {})
  return [...own.filter((column) => model && isOffered(column, model, settings)), ...COLUMN_WORDS.keys()]
}

const KNOWN_VARIABLES = ['${user_id}', '${dept_id}', '${now}']

/**
 * What is wrong with a rule that somebody wants to save, as a message key; null when it can work.
 * @param model the model it names, null for `__ALL__`, where only the words for columns can be checked
 */
export function ruleProblem(
  rule: RowRule,
  model: RowModel | null,
  settings: RowSettings = standard,
): string | null {
  if (!OPERATORS.has(rule.expression)) return 'data_rule.expression_unknown'
  const kind = kindFor(rule, model, settings)
  if (kind === 'unknown') return 'data_rule.column_not_found'
  const parts = partsOf(rule)
  const works = parts.length > 0 && parts.every((part) => kind === 'any' || canBe(part, kind, settings))
  return works ? null : 'data_rule.value_invalid'
}

/** `any`: the column may belong to any model, or stands for one this model does not have, which does no harm. */
function kindFor(
  rule: RowRule,
  model: RowModel | null,
  settings: RowSettings,
): ColumnKind | 'any' | 'unknown' {
  if (COLUMN_WORDS.has(rule.column)) return 'id'
  if (!model) return settings.excluded_columns.includes(rule.column) ? 'unknown' : 'any'
  return (isOffered(rule.column, model, settings) && model.columns[rule.column]) || 'unknown'
}

function canBe(part: string, kind: ColumnKind, settings: RowSettings): boolean {
  if (!KNOWN_VARIABLES.includes(part)) return !/^\$\{.*\}$/s.test(part) && isConvertible(part, kind, settings)
  return part === '${now}' ? kind === 'time' : kind === 'id' || kind === 'string'
}

const isConvertible = (part: string, kind: ColumnKind, settings: RowSettings) =>
  convert(part, kind, settings.timezone) !== null
