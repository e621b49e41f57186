/**
 * Crontabs the slow way, written apart from the product: every minute is shown by Intl and compared with the text.
 * Nothing here computes with offsets; local times are texts, which sort as they follow each other.
 */
const MINUTE = 60_000

const NAMES: Record<string, number> = {
  ...Object.fromEntries(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((name, at) => [name, at])),
}
const MONTHS: Record<string, number> = Object.fromEntries(
  'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ').map((name, at) => [name, at + 1]),
)
const LIMITS = [
  { low: 0, high: 59, names: {} },
  { low: 0, high: 23, names: {} },
  { low: 1, high: 31, names: {} },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: NAMES },
] as const

type Limit = (typeof LIMITS)[number]

/** Whether a field names a number: walked through from the start of each item, one step after the other. */
function names(text: string, value: number, limit: Limit): boolean {
  return text.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/')
    const [first, last] = range === '*' ? [limit.low, limit.high] : ends(range, limit)
    for (let at = first, count = 0; ; at = at === limit.high ? limit.low : at + 1, count += 1) {
      if (at === value && count % Number(step) === 0) return true
      if (at === last) return false
    }
  })
}

function ends(range: string, limit: Limit): [number, number] {
  const numbers = range.split('-').map((one) => {
    const named = (limit.names as Record<string, number>)[one.slice(0, 3).toLowerCase()]
    return named ?? parseInt(one, 10)
  })
  return [numbers[0] ?? NaN, numbers[1] ?? numbers[0] ?? NaN]
}

/** A local minute: `2024-03-31 02:30`, and the day of the week. */
function shown(formatter: Intl.DateTimeFormat, time: number): { text: string; weekday: string } {
  const part: Record<string, string> = {}
  for (const { type, value } of formatter.formatToParts(time)) part[type] = value
  const { year = '', month = '', day = '', hour = '', minute = '', weekday = '' } = part
  return { text: `${year.padStart(4, '0')}-${month}-${day} ${hour}:${minute}`, weekday }
}

function matches(cron: string, local: string): boolean {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+)$/.exec(local) ?? []
  const weekday = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDay()
  const values = [Number(minute), Number(hour), Number(day), Number(month), weekday]
  return cron.split(' ').every((field, at) => {
    const limit = LIMITS[at]
    return limit !== undefined && names(field, values[at] ?? NaN, limit)
  })
}

/** Local minutes after `first` up to and with `last`, whether or not a clock shows them. */
function* minutesAfter(first: string, last: string): Generator<string> {
  const asUtc = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00Z`)
  for (let at = asUtc(first) + MINUTE; at <= asUtc(last); at += MINUTE)
    yield new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

/** Moments at which a crontab is due, after `from` up to and with `to`; the clock is watched from two days before. */
export function slowTimes(cron: string, zone: string, from: Date, to: Date): Date[] {
  const formatter = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  })
  const [, hours = ''] = cron.split(' ')
  const isRhythm = [...Array(24).keys()].every((hour) => names(hours, hour, LIMITS[1]))
  const due: Date[] = []
  const start = Math.ceil((from.getTime() - 2 * 86_400_000) / MINUTE) * MINUTE
  let latest = shown(formatter, start - MINUTE).text
  for (let time = start; time <= to.getTime(); time += MINUTE) {
    const { text } = shown(formatter, time)
    const isNew = text > latest
    const isDue = isRhythm
      ? matches(cron, text)
      : isNew && [...minutesAfter(latest, text)].some((local) => matches(cron, local))
    if (isNew) latest = text
    if (isDue && time > from.getTime()) due.push(new Date(time))
  }
  return due
}
