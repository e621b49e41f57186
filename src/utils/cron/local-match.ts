import type { Cron } from './cron'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A 29th of February on a given week day comes every 28 years, or 40 where a century without leap day lies between. */
const MOST_YEARS = 50

/**
 * The first matching minute of the calendar later than `local`, whatever clocks do. Both are local times in
 * milliseconds, counted as if they were UTC.
 * @returns null when none comes within fifty years
 */
export function nextLocal(cron: Cron, local: number): number | null {
  const from = Math.floor(local / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const today = Math.floor(from / DAY_MS) * DAY_MS
  if (matchesDate(cron, today)) {
    const minute = minuteOfDay(cron, (from - today) / MINUTE_MS)
    if (minute !== null) return today + minute * MINUTE_MS
  }
  const day = nextDay(cron, today)
  return day === null ? null : day + (minuteOfDay(cron, 0) ?? 0) * MINUTE_MS
}

function matchesDate(cron: Cron, day: number): boolean {
  const date = new Date(day)
  return (
    cron.months.includes(date.getUTCMonth() + 1) &&
    cron.daysOfMonth.includes(date.getUTCDate()) &&
    cron.daysOfWeek.includes(date.getUTCDay())
  )
}

/** The first named minute of a day that is not before `from`. */
function minuteOfDay({ hours, minutes }: Cron, from: number): number | null {
  for (const hour of hours) {
    if (hour * 60 + 59 < from) continue
    const minute = minutes.find((one) => hour * 60 + one >= from)
    if (minute !== undefined) return hour * 60 + minute
  }
  return null
}

function nextDay(cron: Cron, today: number): number | null {
  const date = new Date(today)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1]
  for (let at = year; at <= year + MOST_YEARS; at += 1) {
    for (const one of cron.months) {
      const found = at === year && one < month ? null : dayInMonth(cron, at, one, today)
      if (found !== null) return found
    }
  }
  return null
}

/** The first matching day of a month that is later than `today`. */
function dayInMonth(cron: Cron, year: number, month: number, today: number): number | null {
  const first = Date.UTC(year, month - 1, 1)
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const weekday = new Date(first).getUTCDay()
  for (const date of cron.daysOfMonth) {
    const day = first + (date - 1) * DAY_MS
    if (date > length) return null
    if (day > today && cron.daysOfWeek.includes((weekday + date - 1) % 7)) return day
  }
  return null
}
