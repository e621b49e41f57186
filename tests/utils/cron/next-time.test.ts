import fc, { runs } from '../../support/property'
import { parseCron } from '../../../src/utils/cron/cron'
import { nextTime, timesBetween } from '../../../src/utils/cron/next-time'
import { slowTimes } from './slow-reference'

jest.setTimeout(240_000)

/** Zones, and moments at which their clocks were changed: by an hour, by half of one, by two, by a whole day. */
const CHANGES: Record<string, string[]> = {
  'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z', '1980-04-05T23:00Z'],
  'America/New_York': ['2024-03-10T07:00Z', '2024-11-03T06:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  'Africa/Casablanca': ['2025-02-23T02:00Z', '2025-04-06T02:00Z'],
  'Pacific/Apia': ['2011-12-30T10:00Z', '2011-04-02T14:00Z'],
  'Africa/Cairo': ['2024-04-25T22:00Z', '2024-10-31T21:00Z'],
  'America/St_Johns': ['1988-04-03T03:31Z', '2006-10-29T02:31Z'],
  'Antarctica/Troll': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'Pacific/Chatham': ['2026-04-04T14:00Z', '2026-09-26T14:00Z'],
  'America/Sao_Paulo': ['2018-11-04T03:00Z', '2018-02-18T02:00Z'],
  'Asia/Kathmandu': ['1985-12-31T18:30Z'],
  'Asia/Tehran': ['2021-03-21T20:30Z', '2021-09-21T19:30Z'],
}

const next = (cron: string, zone: string, after: string) =>
  nextTime(parseCron(cron), zone, new Date(after))?.toISOString()

const allBetween = (cron: string, zone: string, from: string, to: string) =>
  timesBetween(parseCron(cron), zone, { from: new Date(from), to: new Date(to), limit: 100 }).map((time) =>
    time.toISOString().slice(0, 16),
  )

describe('the next time', () => {
  it('is strictly after, on the minute', () => {
    expect(next('* * * * *', 'UTC', '2026-01-01T00:00:00.000Z')).toBe('2026-01-01T00:01:00.000Z')
    expect(next('* * * * *', 'UTC', '2026-01-01T00:00:59.999Z')).toBe('2026-01-01T00:01:00.000Z')
  })

  it('is by the clock of the zone', () => {
    expect(next('0 9 * * *', 'Asia/Shanghai', '2026-01-01T00:30:00Z')).toBe('2026-01-01T01:00:00.000Z')
    expect(next('0 9 * * *', 'Asia/Kathmandu', '2026-01-01T00:30:00Z')).toBe('2026-01-01T03:15:00.000Z')
  })

  it('needs both the day of the month and the day of the week', () => {
    expect(next('0 0 13 * 5', 'UTC', '2026-03-14T00:00:00Z')).toBe('2026-11-13T00:00:00.000Z')
  })

  it('may be decades away', () => {
    expect(next('0 0 29 2 1', 'UTC', '2044-02-29T00:00:00Z')).toBe('2072-02-29T00:00:00.000Z')
    expect(next('0 * 29 feb mon', 'Europe/Berlin', '2073-01-01T00:00:00Z')).toBe('2112-02-28T23:00:00.000Z')
  })

  it('is by the clock as it will be then', () => {
    expect(next('0 * 29 7 *', 'Europe/Berlin', '2026-01-01T00:00:00Z')).toBe('2026-07-28T22:00:00.000Z')
    expect(next('0 8 29 7 *', 'Europe/Berlin', '2026-01-01T00:00:00Z')).toBe('2026-07-29T06:00:00.000Z')
    expect(next('0 * 26 4 *', 'Africa/Cairo', '2024-01-01T00:00:00Z')).toBe('2024-04-25T22:00:00.000Z')
  })

  it('never comes where there are no more dates', () => {
    expect(next('* * * * *', 'UTC', '+100000-01-01T00:00:00Z')).toBeUndefined()
  })

  it('wants a zone and a time that exist', () => {
    expect(() => next('* * * * *', 'Mars/Olympus', '2026-01-01T00:00:00Z')).toThrow(RangeError)
    expect(() => next('* * * * *', 'UTC', 'melon')).toThrow(RangeError)
  })
})

describe('a window', () => {
  it('leaves out its beginning, holds its end, and keeps to the limit', () => {
    const window = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-01T03:00:00Z') }
    const hours = (limit: number) =>
      timesBetween(parseCron('0 * * * *'), 'UTC', { ...window, limit }).map((time) => time.getUTCHours())

    expect(hours(10)).toEqual([1, 2, 3])
    expect(hours(2)).toEqual([1, 2])
    expect(hours(0)).toEqual([])
  })
})

describe('when clocks are put forward', () => {
  const spring = (cron: string) => allBetween(cron, 'Europe/Berlin', '2026-03-28T22:59Z', '2026-03-29T02:00Z')

  it('what names a time that is left out runs when the clock jumps', () => {
    expect(spring('30 2 * * *')).toEqual(['2026-03-29T01:00'])
  })

  it('several times that are left out run once', () => {
    expect(spring('*/15 2 * * *')).toEqual(['2026-03-29T01:00'])
    expect(spring('0 2,3 * * *')).toEqual(['2026-03-29T01:00'])
  })

  it('what runs in every hour goes on as time passes', () => {
    expect(spring('30 * * * *')).toEqual(['2026-03-28T23:30', '2026-03-29T00:30', '2026-03-29T01:30'])
  })

  it('a whole day that is left out is made up for once', () => {
    const apia = allBetween('0 12 30 12 *', 'Pacific/Apia', '2011-12-01T00:00Z', '2011-12-31T23:59Z')
    expect(apia).toEqual(['2011-12-30T10:00'])
  })

  it('a midnight that is left out is no reason to skip the day', () => {
    const cairo = allBetween('0 0 * * *', 'Africa/Cairo', '2024-04-25T00:00Z', '2024-04-26T22:00Z')
    expect(cairo).toEqual(['2024-04-25T22:00', '2024-04-26T21:00'])
  })
})

describe('when clocks are put back', () => {
  const autumn = (cron: string) => allBetween(cron, 'Europe/Berlin', '2026-10-24T21:59Z', '2026-10-25T02:00Z')

  it('what names a time that comes twice runs the first time', () => {
    expect(autumn('30 2 * * *')).toEqual(['2026-10-25T00:30'])
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10:00Z')).toBe('2026-10-26T01:30:00.000Z')
  })

  it('what comes an hour later on that day is not taken for shown already', () => {
    expect(next('*/15 9-10 * * *', 'Europe/Berlin', '2026-10-25T08:30:00Z')).toBe('2026-10-25T08:45:00.000Z')
  })

  it('what runs in every hour runs both times', () => {
    expect(autumn('0 * * * *')).toEqual([
      '2026-10-24T22:00',
      '2026-10-24T23:00',
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ])
    expect(autumn('30 * * * *')).toEqual([
      '2026-10-24T22:30',
      '2026-10-24T23:30',
      '2026-10-25T00:30',
      '2026-10-25T01:30',
    ])
  })

  it('half an hour is half an hour', () => {
    const lordHowe = (cron: string) =>
      allBetween(cron, 'Australia/Lord_Howe', '2026-04-04T14:00Z', '2026-04-04T15:45Z')

    expect(lordHowe('45 1 * * *')).toEqual(['2026-04-04T14:45'])
    expect(lordHowe('45 * * * *')).toEqual(['2026-04-04T14:45', '2026-04-04T15:15'])
  })
})

describe('against a reference that looks at every minute', () => {
  const field = ({ low, high, stars, names = [] }: Place) => {
    const number = fc.integer({ min: low, max: high })
    const end = fc
      .tuple(number, fc.boolean())
      .map(([one, named]) => (named && names[one - low]) || String(one))
    const step = fc.integer({ min: 1, max: high + 2 })
    const range = fc.tuple(end, end).map((two) => two.join('-'))
    const item = fc.oneof(
      fc.constant('*'),
      end,
      range,
      step.map((one) => `*/${one}`),
      fc.tuple(range, step).map((two) => two.join('/')),
    )
    return fc.oneof(
      { weight: stars, arbitrary: fc.constant('*') },
      { weight: 4, arbitrary: item },
      {
        weight: 1,
        arbitrary: fc.array(item, { minLength: 2, maxLength: 3 }).map((items) => items.join(',')),
      },
    )
  }
  const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'saturday']
  const cron = fc
    .tuple(
      field({ low: 0, high: 59, stars: 2 }),
      fc.oneof(field({ low: 0, high: 23, stars: 5 }), field({ low: 0, high: 4, stars: 1 })),
      field({ low: 1, high: 31, stars: 25 }),
      field({ low: 1, high: 12, stars: 25, names: months }),
      field({ low: 0, high: 6, stars: 15, names: days }),
    )
    .map((fields) => fields.join(' '))
    .filter((text) => text.length <= 64 && isPossible(text))
  const anywhere = fc.tuple(
    fc.constantFrom('UTC', 'Asia/Shanghai', ...Object.keys(CHANGES)),
    fc.date({ min: new Date('1975-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
  )
  /** From a day before a clock was changed until a day after. */
  const nearChange = fc
    .tuple(
      fc.constantFrom(
        ...Object.entries(CHANGES).flatMap(([zone, all]) => all.map((one) => [zone, one] as const)),
      ),
      fc.integer({ min: -30 * 3600, max: 24 * 3600 }),
    )
    .map(([[zone, change], seconds]) => [zone, new Date(Date.parse(change) + seconds * 1000)] as const)

  it('it finds the same times within two days', () => {
    fc.assert(
      fc.property(cron, fc.oneof(anywhere, nearChange, nearChange), (text, [where, from]) => {
        const to = new Date(from.getTime() + 2 * 86_400_000)
        const found = timesBetween(parseCron(text), where, { from, to, limit: 10_000 })
        expect(found).toEqual(slowTimes(text, where, from, to))
      }),
      { numRuns: runs(60) },
    )
  })
})

interface Place {
  low: number
  high: number
  /** How often it is just a star, to five other items. */
  stars: number
  names?: string[]
}

const isPossible = (text: string) => {
  try {
    return parseCron(text).text === text
  } catch {
    return false
  }
}
