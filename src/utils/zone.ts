const BUCKET_MS = 15 * 60 * 1000
const MAX_BUCKETS = 4096

interface Zone {
  formatter: Intl.DateTimeFormat
  /** Offset by number of the quarter of an hour; null where it changes within one. */
  offsets: Map<number, number | null>
}

const zones = new Map<string, Zone>()

/** Whether there is a time zone of this name, such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false // Intl knows no question, only an exception
  }
}

/**
 * Milliseconds to add to UTC for the wall clock of an IANA zone.
 * `Intl` is asked once per quarter of an hour; offsets only ever change on such a boundary, old local mean times apart.
 * @throws RangeError when the zone is unknown
 */
export function zoneOffset(time: number, name: string): number {
  const zone = zones.get(name) ?? addZone(name)
  const bucket = Math.floor(time / BUCKET_MS)
  const known = zone.offsets.get(bucket)
  if (known !== undefined) return known ?? askIntl(time, zone)
  if (zone.offsets.size >= MAX_BUCKETS) zone.offsets.clear()
  const first = askIntl(bucket * BUCKET_MS, zone)
  const last = askIntl((bucket + 1) * BUCKET_MS - 1, zone)
  zone.offsets.set(bucket, first === last ? first : null)
  return first === last ? first : askIntl(time, zone)
}

function addZone(name: string): Zone {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const zone = { formatter, offsets: new Map<number, number | null>() }
  zones.set(name, zone)
  return zone
}

function askIntl(time: number, zone: Zone): number {
  const part: Record<string, string> = {}
  for (const { type, value } of zone.formatter.formatToParts(time)) part[type] = value
  const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year)
  const wall = new Date(0)
  wall.setUTCFullYear(year, Number(part.month) - 1, Number(part.day))
  wall.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second))
  return wall.getTime() - Math.floor(time / 1000) * 1000
}
