import { TimeRuleFault } from './fault'
import { timesIn, type Window } from './window'

export const PERIODS = ['days', 'hours', 'minutes', 'seconds', 'microseconds'] as const
export type Period = (typeof PERIODS)[number]

/** `every` so many of a period. A day is 24 hours: whoever means a time of the day uses a crontab. */
export interface Interval {
  every: number
  period: Period
}

const MICROSECONDS: Record<Period, number> = {
  days: 86_400_000_000,
  hours: 3_600_000_000,
  minutes: 60_000_000,
  seconds: 1_000_000,
  microseconds: 1,
}
/** Schedulers look a few times a second; what should come more often is not work for a schedule. */
const LEAST_SECONDS = 1
const MOST_DAYS = 36_525
const LAST = Date.UTC(9000, 0, 1)

/** @throws TimeRuleFault `interval.*` unless it is a whole number of a known period, from a second to a hundred years */
export function checkInterval(interval: Interval): void {
  lengthOf(interval)
}

/** In microseconds, exactly. */
function lengthOf({ every, period }: Interval): number {
  if (!PERIODS.includes(period)) throw new TimeRuleFault('interval.period', { allowed: PERIODS.join(', ') })
  if (!Number.isInteger(every) || every < 1) throw new TimeRuleFault('interval.whole_number')
  const length = every * MICROSECONDS[period]
  if (length < LEAST_SECONDS * 1_000_000)
    throw new TimeRuleFault('interval.too_short', { min: LEAST_SECONDS })
  if (length > MOST_DAYS * MICROSECONDS.days) throw new TimeRuleFault('interval.too_long', { max: MOST_DAYS })
  return length
}

/**
 * The first of `base`, `base` + interval, `base` + 2 intervals … that is strictly after `after`. Counted from the plan
 * and not from the last run, so that delays never add up; in time that passes, so that clock changes mean nothing.
 * Microseconds are rounded down to milliseconds, each time anew from the plan.
 * @throws TimeRuleFault as `checkInterval`; RangeError for an invalid date
 */
export function nextInterval(interval: Interval, base: Date, after: Date): Date {
  const length = lengthOf(interval)
  const passed = after.getTime() - base.getTime()
  if (Number.isNaN(passed) || Math.abs(after.getTime()) > LAST) throw new RangeError('not a time')
  if (passed < 0) return base
  // One too few rather than too many where the division is not exact.
  let times = Math.max(0, Math.floor((passed * 1000) / length) - 1)
  while (lasting(length, times) <= passed) times += 1
  return new Date(base.getTime() + lasting(length, times))
}

/** So many intervals in milliseconds; whole ones apart from the rest, so that centuries stay exact. */
const lasting = (length: number, times: number) =>
  Math.floor(length / 1000) * times + Math.floor(((length % 1000) * times) / 1000)

/** The moments of a window at which an interval is due, in order. @throws as `nextInterval` */
export const intervalsBetween = (interval: Interval, base: Date, window: Window): Date[] =>
  timesIn(window, (after) => nextInterval(interval, base, after))
