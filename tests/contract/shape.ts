import type { Shape } from './endpoint'

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

const LIVE = 'tasks are followed from the moment they are accepted'
const LINEAGE = 'who or what asked for it'
const POLICY = 'rules of schedules that the ancestor lacks'

/** Keys that Steward adds to a shape of the contract, by the shape's name, and why. */
export const ADDED: Record<string, Record<string, string>> = {
  Role: { is_mfa_required: 'the second factor is an addition of Steward' },
  RoleFull: { is_mfa_required: 'the second factor is an addition of Steward' },
  TaskResult: {
    ...{ progress: LIVE, log: LIVE, created_time: LIVE, due_time: LIVE, started_time: LIVE, attempts: LIVE },
    ...{ wait_time: LIVE, run_time: LIVE, error: 'the failure in one line' },
    ...{ user_id: LINEAGE, schedule_id: LINEAGE, parent_id: LINEAGE, retry_of: LINEAGE },
    tick_time: 'for which due time of its schedule it runs',
  },
  TaskResultPage: {
    total_is_exact: 'millions of results are not counted to the end',
    next_cursor: 'for going on without counting',
  },
  Schedule: {
    ...{
      timezone: POLICY,
      overlap: POLICY,
      catch_up: POLICY,
      catch_up_seconds: POLICY,
      jitter_seconds: POLICY,
    },
    ...{ next_run_time: 'when it runs next', problem: 'why it cannot run' },
  },
  OperaLog: { changes: 'before and after values are an addition of Steward' },
}

/** Keys that may be null although the contract's table has no column for it, by shape, and where it says so. */
const ALSO_NULL: Record<string, Record<string, string>> = {
  SidebarMeta: {
    iframeSrc: 'its description: null if the link of the row is NULL',
    link: 'its description: null if the link of the row is NULL',
  },
}

type Named = Record<string, Shape>

/** What is wrong with an answer, as sentences; none where it has exactly the shape. */
export function flawsOf(shape: Shape, value: unknown, at = 'data', above: Named = {}): string[] {
  if (shape.$recursive) return flawsOf(above[shape.$recursive] ?? {}, value, at, above)
  if (value === null) return shape.nullable || shape.type === 'null' ? [] : [`${at} is null`]
  switch (shape.type) {
    case 'any':
      return []
    case 'null':
      return [`${at} is not null`]
    case 'object':
      return object(shape, value, at, shape.shape ? { ...above, [shape.shape]: shape } : above)
    case 'array':
      if (!Array.isArray(value)) return [`${at} is no array`]
      return value.flatMap((item, index) => flawsOf(shape.items ?? {}, item, `${at}[${index}]`, above))
    default:
      return plain(shape, value).map((flaw) => `${at} ${flaw}: ${JSON.stringify(value)}`)
  }
}

function object(shape: Shape, value: unknown, at: string, above: Named): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`]
  if (!shape.properties) return []
  const wanted = Object.entries(shape.properties)
  const added = ADDED[shape.shape ?? ''] ?? {}
  const known = new Set([...wanted.map(([key]) => key), ...Object.keys(added)])
  const extra = Object.keys(value).filter((key) => !known.has(key))
  return [
    ...extra.map((key) => `${at}.${key} is not in the contract`),
    ...wanted.flatMap(([key, inner]) => {
      const found: unknown = Reflect.get(value, key)
      if (found === null && ALSO_NULL[shape.shape ?? '']?.[key]) return []
      if (found === undefined) return inner.optional ? [] : [`${at}.${key} is absent`]
      return flawsOf(inner, found, `${at}.${key}`, above)
    }),
  ]
}

function plain(shape: Shape, value: unknown): string[] {
  // Ids and references to rows are text, so that no JSON parser rounds them (D21).
  if (shape.type === 'id' || shape.format === 'int64')
    return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) ? [] : ['is no id in decimal text']
  if (shape.enum && !shape.enum.includes(value)) return [`is none of ${shape.enum.join(', ')}`]
  if (shape.type === 'integer') return Number.isSafeInteger(value) ? [] : ['is no integer']
  if (typeof value !== shape.type) return [`is no ${shape.type}`]
  return hasFormat(shape.format, String(value)) ? [] : [`is not in the form ${shape.format}`]
}

function hasFormat(format: string | undefined, text: string): boolean {
  if (format === 'YYYY-MM-DD HH:mm:ss') return TIME.test(text)
  if (format === 'iso8601') return ISO_TIME.test(text)
  if (format === 'url') return /^https?:\/\//.test(text)
  if (format === 'email') return text.includes('@')
  return true
}

/** Where an answer names a row by anything but text: any key `id`, `…_id`, at any depth. */
export function numericIds(value: unknown, at = 'data'): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => numericIds(item, `${at}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'id' || key.endsWith('_id')) && typeof inner === 'number'
      ? [`${at}.${key}`]
      : numericIds(inner, `${at}.${key}`),
  )
}
