const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format takes far longer than using it. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, made)
  return made
}

/** What a clock on the wall of the zone shows, as the milliseconds of the same reading in UTC. */
function readingAt(moment: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(moment)
      .map((part) => [part.type, Number(part.value)]),
  )
  const get = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'))
}

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/

/**
 * The moment at which clocks in the zone show `YYYY-MM-DD[ HH:mm[:ss]]`; null for any other text and for dates that
 * do not exist. A time that the clocks skip in spring means the moment just as long after the change.
 */
export function momentOf(text: string, zone: string): Date | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbersIn(text)
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second)
  if (year < 1 || !isSameDay(new Date(wanted), month, day) || hour > 23 || minute > 59 || second > 59)
    return null
  const guess = wanted - (readingAt(wanted, zone) - wanted)
  return new Date(guess - (readingAt(guess, zone) - wanted))
}

const numbersIn = (text: string) => (SHAPE.exec(text) ?? []).slice(1).map((part) => Number(part ?? 0))

/** 31 February becomes a day in March, so the month or the day differs. */
const isSameDay = (date: Date, month: number, day: number) =>
  date.getUTCMonth() + 1 === month && date.getUTCDate() === day
