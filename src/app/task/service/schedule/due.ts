import type { ScheduleRow } from '../../crud/schedule'
import { lastUpTo, planOf, timesUpTo, type Plan } from './plan'

/** Later than this by the clock, and a tick is not in time any more. */
export const GRACE_MS = 30_000
/** So many ticks of one schedule are caught up with in one turn; its next turn goes on with what was due beyond. */
export const MOST_CAUGHT_UP = 1000
/** Missed moments of a crontab are counted up to here. */
const MOST_COUNTED = 200
/** Longer ago than any schedule. */
const FOR_EVER_MS = 100 * 365 * 86_400_000

/** Moments that pass without a run, as one row. */
export interface Gap {
  first: Date
  last: Date
  ticks: number
  reason: MissedReason
}

export type MissedReason = 'too_late' | 'caught_up' | 'expired'

/** What is to be done about a schedule whose time has come. */
export interface Due {
  /** Due times to run now. */
  runs: Date[]
  gaps: Gap[]
  /** The last moment that was dealt with; intervals are counted on from here. */
  base: Date
  /** Null when nothing is to come. */
  next: Date | null
}

export type DueRow = Parameters<typeof planOf>[0] &
  Pick<ScheduleRow, 'expire_time' | 'catch_up' | 'catch_up_seconds' | 'one_off'>

/**
 * Of the moments from `first`, which is one, up to `moment`: which are run and which are missed (contract 7.2, and the
 * schedule's own rule for catching up).
 * @throws TimeRuleFault, RangeError as `planOf`
 */
export function dueOf(row: DueRow, first: Date, moment: Date): Due {
  const plan = planOf(row, first)
  const last = lastUpTo(plan, first, moment)
  const span = { plan, first, last, moment }
  const end = { base: last, next: plan.next(last) }
  if (row.expire_time && row.expire_time <= moment)
    return { ...end, next: null, runs: [], gaps: [gap(span, 'expired')] }
  return { ...end, ...choose(row, span) }
}

interface Span {
  plan: Plan
  first: Date
  last: Date
  moment: Date
}

function choose(row: DueRow, span: Span): Pick<Due, 'runs' | 'gaps'> & Partial<Due> {
  const { first, last, moment } = span
  const oldest = new Date(moment.getTime() - patienceOf(row))
  if (last < oldest) return { runs: [], gaps: [gap(span, 'too_late')] }
  if (row.catch_up === 'all' && !row.one_off) return all(span, oldest)
  return { runs: [last], gaps: first < last ? [gap({ ...span, last: justBefore(last) }, 'caught_up')] : [] }
}

/** How late a tick may be, in milliseconds. */
function patienceOf({ catch_up, catch_up_seconds }: DueRow): number {
  if (catch_up === 'none') return GRACE_MS
  return catch_up_seconds === null ? FOR_EVER_MS : Math.max(catch_up_seconds * 1000, GRACE_MS)
}

function all(span: Span, oldest: Date): Pick<Due, 'runs' | 'gaps'> & Partial<Due> {
  const { plan, first, last } = span
  const isLate = first < oldest
  const begin = justBefore(isLate ? oldest : first)
  const runs = isLate
    ? timesUpTo(plan.next, begin, last, MOST_CAUGHT_UP)
    : [first, ...timesUpTo(plan.next, first, last, MOST_CAUGHT_UP - 1)]
  const base = runs.at(-1) ?? last
  const gaps = isLate ? [gap({ ...span, last: begin }, 'too_late')] : []
  return { runs, gaps, base, next: plan.next(base) }
}

/** One row for the moments from `first`, which is one, up to `last`, which need not be one. */
function gap({ plan, first, last: until }: Span, reason: MissedReason): Gap {
  const last = lastUpTo(plan, first, until)
  return { first, last, ticks: plan.count(first, last, MOST_COUNTED), reason }
}

const justBefore = (time: Date) => new Date(time.getTime() - 1)
