import { zoneOffset } from './zone'

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
const TOKENS = /YYYY|MM|DD|HH|mm|ss|SSS/g

/**
 * The wall clock of an IANA zone.
 * @param format made of `YYYY MM DD HH mm ss SSS`; the default is `YYYY-MM-DD HH:mm:ss`, as on the wire
 */
export function formatTime(date: Date, zone: string, format?: string): string {
  const time = date.getTime()
  if (Number.isNaN(time)) throw new RangeError('not a time')
  const wall = new Date(time + zoneOffset(time, zone))
  return format === undefined
    ? `${day(wall)} ${clock(wall)}`
    : format.replace(TOKENS, (token) => part(wall, token))
}

function day(wall: Date): string {
  return `${part(wall, 'YYYY')}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}`
}

function clock(wall: Date): string {
  return `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`
}

function part(wall: Date, token: string): string {
  switch (token) {
    case 'YYYY':
      return String(wall.getUTCFullYear()).padStart(4, '0')
    case 'MM':
      return two(wall.getUTCMonth() + 1)
    case 'DD':
      return two(wall.getUTCDate())
    case 'HH':
      return two(wall.getUTCHours())
    case 'mm':
      return two(wall.getUTCMinutes())
    case 'ss':
      return two(wall.getUTCSeconds())
    default:
      return String(wall.getUTCMilliseconds()).padStart(3, '0')
  }
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/**
 * Reads `YYYY-MM-DD`, optionally with ` HH:mm`, seconds, fraction and offset. A text without offset is the wall clock
 * of `zone`: of an hour that comes twice the first is meant, one that is left out is moved on by the gap.
 * @returns null when the text is not a time, or names a day or hour that does not exist
 */
export function parseTime(text: string, zone: string): Date | null {
  const found = TIME.exec(text.trim())
  if (found === null) return null
  const [, year, month, date, hour = '0', minute = '0', second = '0', fraction = '', offset] = found
  const wall = wallTime([year, month, date, hour, minute, second].map(Number), fraction)
  if (wall === null) return null
  if (offset === undefined) return new Date(fromWall(wall, zone))
  const shift = offsetMs(offset)
  return shift === null ? null : new Date(wall - shift)
}

/** The numbers as if they were UTC; null when they overflow into the next unit, like the 30th of February. */
function wallTime(numbers: number[], fraction: string): number | null {
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = numbers
  const wall = new Date(0)
  wall.setUTCFullYear(year, month - 1, date)
  wall.setUTCHours(hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')))
  const isReal =
    wall.getUTCMonth() === month - 1 && wall.getUTCDate() === date && hour < 24 && minute < 60 && second < 60
  return isReal ? wall.getTime() : null
}

/** Looks at the offsets a day before and after: around a change they differ, and one of them fits. */
function fromWall(wall: number, zone: string): number {
  const before = zoneOffset(wall - 86_400_000, zone)
  const after = zoneOffset(wall + 86_400_000, zone)
  const fits = [wall - before, wall - after].filter((time) => time + zoneOffset(time, zone) === wall)
  return fits.length > 0 ? Math.min(...fits) : wall - before
}

function offsetMs(offset: string): number | null {
  if (offset.toUpperCase() === 'Z') return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', '') || '0')
  if (hours > 18 || minutes > 59) return null
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

const UNITS = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
] as const

/** `2 days 3 hours 7 minutes`: zero parts are left out, seconds dropped; `0 seconds` when nothing is left. */
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds))
  const words: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${unit}`)
  }
  return words.join(' ') || '0 seconds'
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** `12.00 B`, `1.50 KB`: two decimals, steps of 1024. */
export function humanBytes(bytes: number): string {
  let value = bytes
  let step = 0
  while (value >= 1024 && step < SIZES.length - 1) {
    value /= 1024
    step += 1
  }
  return `${value.toFixed(2)} ${SIZES[step]}`
}

const isoTexts = new Map<number, string>()
const MOST_TEXTS = 1000

/** `toISOString` with a memory: rows that are written together mostly have the same few times. */
export function isoText(date: Date): string {
  const known = isoTexts.get(date.getTime())
  if (known !== undefined) return known
  if (isoTexts.size >= MOST_TEXTS) isoTexts.clear()
  const text = date.toISOString()
  isoTexts.set(date.getTime(), text)
  return text
}
