import fc, { runs } from '../../support/property'
import {
  PERIODS,
  checkInterval,
  intervalsBetween,
  nextInterval,
  type Interval,
  type Period,
} from '../../../src/utils/cron/interval'

const at = (text: string) => new Date(text)
const next = (every: number, period: Period, base: string, after: string) =>
  nextInterval({ every, period }, at(base), at(after)).toISOString()

describe('the next time', () => {
  it('is counted from the plan, however late the last run was', () => {
    expect(next(30, 'seconds', '2026-01-01T00:00:00Z', '2026-01-01T00:01:07.345Z')).toBe(
      '2026-01-01T00:01:30.000Z',
    )
  })

  it('is strictly after', () => {
    expect(next(1, 'hours', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z')).toBe('2026-01-01T02:00:00.000Z')
    expect(next(1, 'hours', '2026-01-01T00:00:00Z', '2026-01-01T00:59:59.999Z')).toBe(
      '2026-01-01T01:00:00.000Z',
    )
  })

  it('is the beginning itself where that is still to come', () => {
    expect(next(3, 'days', '2026-01-05T07:00:00Z', '2026-01-01T00:00:00Z')).toBe('2026-01-05T07:00:00.000Z')
    expect(next(3, 'days', '2026-01-05T07:00:00Z', '2026-01-05T07:00:00Z')).toBe('2026-01-08T07:00:00.000Z')
  })

  it('takes a day for 24 hours, also where a clock is changed', () => {
    const berlin = { before: '2026-03-28T08:00:00Z', after: '2026-03-28T12:00:00Z' }
    expect(next(1, 'days', berlin.before, berlin.after)).toBe('2026-03-29T08:00:00.000Z')
  })

  it('rounds microseconds down, without adding up what it left out', () => {
    const base = '2026-01-01T00:00:00Z'
    expect(next(1_000_500, 'microseconds', base, base)).toBe('2026-01-01T00:00:01.000Z')
    expect(next(1_000_500, 'microseconds', base, '2026-01-01T00:00:01Z')).toBe('2026-01-01T00:00:02.001Z')
  })

  it('wants times that exist', () => {
    expect(() => nextInterval({ every: 1, period: 'days' }, at('melon'), at('2026-01-01'))).toThrow(
      RangeError,
    )
  })
})

it('a window leaves out its beginning, holds its end, and keeps to the limit', () => {
  const window = { from: at('2026-01-01T00:00:00Z'), to: at('2026-01-01T03:00:00Z') }
  const hours = (limit: number) =>
    intervalsBetween({ every: 1, period: 'hours' }, window.from, { ...window, limit }).map((time) =>
      time.getUTCHours(),
    )

  expect(hours(10)).toEqual([1, 2, 3])
  expect(hours(2)).toEqual([1, 2])
})

describe('refused is', () => {
  it.each<[number, string, string]>([
    [0, 'seconds', 'interval.whole_number'],
    [-5, 'minutes', 'interval.whole_number'],
    [1.5, 'hours', 'interval.whole_number'],
    [NaN, 'days', 'interval.whole_number'],
    [1, 'fortnights', 'interval.period'],
    [1, 'constructor', 'interval.period'],
    [999_999, 'microseconds', 'interval.too_short'],
    [36_526, 'days', 'interval.too_long'],
    [2_147_483_647, 'hours', 'interval.too_long'],
  ])('every %d %s: %s', (every, period, key) => {
    const found = expect.objectContaining({ key }) as Error
    expect(() => checkInterval({ every, period: period as Period })).toThrow(found)
  })

  it('nothing between a second and a hundred years', () => {
    for (const interval of [
      { every: 1, period: 'seconds' },
      { every: 1_000_000, period: 'microseconds' },
      { every: 36_525, period: 'days' },
      { every: 2_147_483_647, period: 'seconds' },
    ] satisfies Interval[])
      expect(() => checkInterval(interval)).not.toThrow()
  })
})

it('every time is a whole number of intervals from the plan, and the one before is not after', () => {
  const length = { days: 86_400_000n, hours: 3_600_000n, minutes: 60_000n, seconds: 1000n, microseconds: 0n }
  const time = fc.date({ min: at('1970-01-01'), max: at('2100-01-01'), noInvalidDate: true })
  const interval = fc
    .record({ every: fc.integer({ min: 1, max: 2_147_483_647 }), period: fc.constantFrom(...PERIODS) })
    .filter((one) => isFine(one))
  fc.assert(
    fc.property(interval, time, time, (one, base, after) => {
      const found = BigInt(nextInterval(one, base, after).getTime())
      const micros =
        one.period === 'microseconds' ? BigInt(one.every) : BigInt(one.every) * length[one.period] * 1000n
      // By whole numbers without limit: planned(k) is the plan plus k intervals, rounded down to milliseconds.
      const planned = (k: bigint) => BigInt(base.getTime()) + (k * micros) / 1000n
      let k = ((found - BigInt(base.getTime())) * 1000n) / micros
      while (planned(k) < found) k += 1n

      expect(planned(k)).toBe(found)
      expect(found > BigInt(after.getTime())).toBe(true)
      if (k > 0n) expect(planned(k - 1n) <= BigInt(after.getTime())).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})

const isFine = (interval: Interval) => {
  try {
    checkInterval(interval)
    return true
  } catch {
    return false
  }
}
