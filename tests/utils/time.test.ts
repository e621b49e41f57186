import fc, { runs } from '../support/property'
import { duration, formatTime, humanBytes, parseTime } from '../../src/utils/time'

const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Caracas',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]

const zone = fc.constantFrom(...ZONES)
const moment = fc.date({
  min: new Date('1900-01-01T00:00:00Z'),
  max: new Date('2200-01-01T00:00:00Z'),
  noInvalidDate: true,
})
/** Times close to clock changes of the last and next years, where mistakes live. */
const nearChange = fc
  .tuple(
    fc.constantFrom(
      '2024-03-10T07:00:00Z', // New York, forward
      '2024-11-03T06:00:00Z', // New York, back
      '2026-03-29T01:00:00Z', // Europe, forward
      '2026-10-25T01:00:00Z', // Europe, back
      '2026-04-04T15:00:00Z', // Lord Howe, back by half an hour
      '2011-12-30T10:00:00Z', // Apia leaves out a day
      '2016-05-01T07:00:00Z', // Caracas, by half an hour
      '1972-01-07T00:44:30Z', // Monrovia, by 44 minutes and 30 seconds
    ),
    fc.integer({ min: -7_200_000, max: 7_200_000 }),
  )
  .map(([text, shift]) => new Date(Date.parse(text) + shift))

function byIntl(date: Date, timeZone: string): string {
  const formatter = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return formatter.format(date)
}

describe('formatTime', () => {
  it('agrees with Intl in every zone at every time', () => {
    fc.assert(
      fc.property(fc.oneof(moment, nearChange), zone, (date, name) => {
        expect(formatTime(date, name)).toBe(byIntl(date, name))
      }),
      { numRuns: runs(3000) },
    )
  })

  it('agrees with Intl on both sides of a change within a quarter of an hour, also when asked again', () => {
    const moments = ['1972-01-07T00:44:20Z', '1972-01-07T00:44:40Z', '1972-01-07T00:44:20Z'].map(
      (text) => new Date(text),
    )

    const texts = moments.map((moment) => formatTime(moment, 'Africa/Monrovia'))

    expect(new Set(texts).size).toBe(2)
    expect(texts).toEqual(moments.map((moment) => byIntl(moment, 'Africa/Monrovia')))
  })

  it('follows another pattern when asked', () => {
    const date = new Date('2026-01-02T03:04:05.067Z')

    expect(formatTime(date, 'Asia/Shanghai', 'YYYY/MM/DD HH-mm-ss.SSS')).toBe('2026/01/02 11-04-05.067')
  })

  it('refuses an invalid date and an unknown zone', () => {
    expect(() => formatTime(new Date(NaN), 'UTC')).toThrow(RangeError)
    expect(() => formatTime(new Date(0), 'Mars/Olympus')).toThrow(RangeError)
  })
})

describe('parseTime', () => {
  it('reads back what formatTime wrote, except in an hour that comes twice', () => {
    fc.assert(
      fc.property(fc.oneof(moment, nearChange), zone, (date, name) => {
        const text = formatTime(date, name)
        const back = parseTime(text, name)
        expect(back === null ? null : formatTime(back, name)).toBe(text)
      }),
      { numRuns: runs(3000) },
    )
  })

  it('takes the first of two equal hours', () => {
    expect(parseTime('2026-10-25 02:30:00', 'Europe/Berlin')?.toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })

  it('moves an hour that is left out by the gap', () => {
    expect(parseTime('2026-03-29 02:30:00', 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })

  it.each([
    ['2026-01-02', '2026-01-01T16:00:00.000Z'],
    ['2026-01-02 03:04', '2026-01-01T19:04:00.000Z'],
    ['2026-01-02T03:04:05', '2026-01-01T19:04:05.000Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.123456+05:30', '2026-01-01T21:34:05.123Z'],
    ['2026-01-02 03:04:05-0800', '2026-01-02T11:04:05.000Z'],
  ])('reads %s in Shanghai as %s', (text, expected) => {
    expect(parseTime(text, 'Asia/Shanghai')?.toISOString()).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01 24:00:00',
    '2026-01-01 10:60',
    '2026-1-1',
    '2026-01-01T00:00:00+25:00',
  ])('refuses %j', (text) => {
    expect(parseTime(text, 'UTC')).toBeNull()
  })
})

describe('duration', () => {
  it.each([
    [0, '0 seconds'],
    [59, '0 seconds'],
    [60, '1 minutes'],
    [3600, '1 hours'],
    [2 * 86400 + 3 * 3600 + 7 * 60 + 59, '2 days 3 hours 7 minutes'],
    [86400 + 60, '1 days 1 minutes'],
    [-5, '0 seconds'],
  ])('writes %d seconds as %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words)
  })
})

describe('humanBytes', () => {
  it.each([
    [12, '12.00 B'],
    [1024, '1.00 KB'],
    [1536, '1.50 KB'],
    [5 * 1024 ** 3, '5.00 GB'],
    [3 * 1024 ** 7, '3072.00 EB'],
  ])('writes %d as %s', (bytes, words) => {
    expect(humanBytes(bytes)).toBe(words)
  })
})
