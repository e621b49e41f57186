import { PERIODS, TimeRuleFault, checkInterval, env, nextInterval, nextTime, parseCron } from '#core'
import type { Cron, Interval } from '#core'
import type { ScheduleRow } from '../../crud/schedule'

/** What of a schedule says when it runs. */
export type Timing = Pick<ScheduleRow, 'type' | 'interval_every' | 'interval_period' | 'crontab' | 'timezone'>

export const INTERVAL = 0
export const CRONTAB = 1

/** The moments at which a schedule is due. */
export interface Plan {
  /** The first one after the given moment, or null when there is none. */
  next: (after: Date) => Date | null
  /** How many there are from `first`, which is one, up to `last`; of a crontab no more than `most`. */
  count: (first: Date, last: Date, most: number) => number
}

/**
 * @param base where intervals are counted from
 * @throws TimeRuleFault, RangeError when the row's timing cannot be read: it was made elsewhere, or by another version
 */
export function planOf(row: Timing, base: Date): Plan {
  return row.type === INTERVAL ? intervalPlan(intervalOf(row), base) : cronPlan(row)
}

/** @throws TimeRuleFault */
export function intervalOf({ interval_every, interval_period }: Timing): Interval {
  const period = PERIODS.find((one) => one === interval_period)
  if (!period) throw new TimeRuleFault('interval.period', { allowed: PERIODS.join(', ') })
  const interval = { every: interval_every ?? 0, period }
  checkInterval(interval)
  return interval
}

const intervalPlan = (interval: Interval, base: Date): Plan => ({
  next: (after) => nextInterval(interval, base, after),
  count: (first, last) => {
    const length = nextInterval(interval, first, first).getTime() - first.getTime()
    return Math.floor((last.getTime() - first.getTime()) / Math.max(1, length)) + 1
  },
})

function cronPlan({ crontab, timezone }: Timing): Plan {
  const cron = known(crontab ?? '')
  const zone = timezone ?? env.DATETIME_TIMEZONE
  const next = (after: Date) => nextTime(cron, zone, after)
  return { next, count: (first, last, most) => timesUpTo(next, first, last, most - 1).length + 1 }
}

const parsed = new Map<string, Cron>()
const MOST_PARSED = 10_000

/** Thousands of schedules share a few crontabs. */
function known(crontab: string): Cron {
  const found = parsed.get(crontab)
  if (found) return found
  const cron = parseCron(crontab)
  if (parsed.size >= MOST_PARSED) parsed.clear()
  parsed.set(crontab, cron)
  return cron
}

/**
 * The last due moment up to `to`, starting from `from`, which is one. Asks the plan some forty times, however many
 * lie between.
 */
export function lastUpTo(plan: Plan, from: Date, to: Date): Date {
  const isDueAfter = (ms: number) => (plan.next(new Date(ms))?.getTime() ?? Infinity) <= to.getTime()
  if (!isDueAfter(from.getTime())) return from
  let [low, high] = [from.getTime(), to.getTime()]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isDueAfter(middle)) low = middle
    else high = middle
  }
  return plan.next(new Date(low)) ?? from
}

/** The due moments after `after` up to `to`, at most `most`. */
export function timesUpTo(next: Plan['next'], after: Date, to: Date, most: number): Date[] {
  const times: Date[] = []
  let time = next(after)
  while (time && time <= to && times.length < most) {
    times.push(time)
    time = next(time)
  }
  return times
}
