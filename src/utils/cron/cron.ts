import { TimeRuleFault } from './fault'
import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, expandField } from './field'

/** A crontab, taken apart: a local minute matches when all five lists name it, in rising order. */
export interface Cron {
  readonly text: string
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly daysOfMonth: readonly number[]
  /** 1 to 12. */
  readonly months: readonly number[]
  /** 0 to 6, Sunday first. */
  readonly daysOfWeek: readonly number[]
}

/** As long as the column that keeps it. */
const MOST_CHARACTERS = 64
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads `minute hour day-of-month month day-of-week`, five fields between single spaces: `*`, numbers, ranges (which
 * may wrap), steps after `*` or a range, lists; names of months and week days by their first three letters.
 * Both days must match: `0 0 13 * 5` is Friday the 13th.
 * @throws TimeRuleFault `cron.*`, with the field and the rule; also when no such date exists
 */
export function parseCron(text: string): Cron {
  if (text.length > MOST_CHARACTERS) throw new TimeRuleFault('cron.too_long', { max: MOST_CHARACTERS })
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = text.split(' ')
  const isFive = dayOfWeek !== undefined && more.length === 0
  if (!isFive || !minute || !hour || !dayOfMonth || !month || !dayOfWeek || /[^\S ]/.test(text))
    throw new TimeRuleFault('cron.five_fields')
  const cron: Cron = {
    text,
    minutes: expandField(MINUTE, minute),
    hours: expandField(HOUR, hour),
    daysOfMonth: expandField(DAY_OF_MONTH, dayOfMonth),
    months: expandField(MONTH, month),
    daysOfWeek: expandField(DAY_OF_WEEK, dayOfWeek),
  }
  if (!hasDate(cron)) throw new TimeRuleFault('cron.no_such_date', { days: dayOfMonth, months: month })
  return cron
}

/** The 29th of February comes on every day of the week, so the week day never makes a date impossible. */
const hasDate = ({ daysOfMonth, months }: Cron) =>
  months.some((month) => (daysOfMonth[0] ?? 1) <= (LONGEST_MONTHS[month - 1] ?? 31))
