import { MOST_CAUGHT_UP, dueOf, type DueRow } from '../../../../src/app/task/service/schedule/due'
import { beginning, resumption } from '../../../../src/app/task/service/schedule/position'

const at = (text: string) => new Date(`2026-03-02T${text}Z`)
const minutes = (every: number, values: Partial<DueRow> = {}): DueRow => ({
  ...{ type: 0, interval_every: every, interval_period: 'minutes', crontab: null, timezone: 'UTC' },
  ...{ expire_time: null, catch_up: 'one', catch_up_seconds: null, one_off: false, ...values },
})
const cron = (crontab: string, values: Partial<DueRow> = {}): DueRow => ({
  ...minutes(1, values),
  ...{ type: 1, crontab },
})

describe('a schedule whose time has come', () => {
  it('runs for the moment it was due, and counts on from there and not from now', () => {
    expect(dueOf(minutes(10), at('10:00:00'), at('10:00:03'))).toEqual({
      ...{ runs: [at('10:00:00')], gaps: [], base: at('10:00:00'), next: at('10:10:00') },
    })
  })

  it('runs once for the last moment after a long pause, and says how many were left out', () => {
    for (const row of [minutes(10), cron('*/10 * * * *')])
      expect(dueOf(row, at('10:00:00'), at('10:35:00'))).toEqual({
        runs: [at('10:30:00')],
        gaps: [{ first: at('10:00:00'), last: at('10:20:00'), ticks: 3, reason: 'caught_up' }],
        ...{ base: at('10:30:00'), next: at('10:40:00') },
      })
  })

  it('runs not at all where it shall not catch up', () => {
    expect(dueOf(minutes(10, { catch_up: 'none' }), at('10:00:00'), at('10:35:00'))).toMatchObject({
      runs: [],
      gaps: [{ first: at('10:00:00'), last: at('10:30:00'), ticks: 4, reason: 'too_late' }],
      next: at('10:40:00'),
    })
  })

  it('is not too late by a moment', () => {
    const due = dueOf(minutes(10, { catch_up: 'none' }), at('10:00:00'), at('10:00:20'))

    expect(due.runs).toEqual([at('10:00:00')])
  })

  it('does not run when the last moment lies outside of the window', () => {
    const row = minutes(60, { catch_up_seconds: 600 })

    expect(dueOf(row, at('10:00:00'), at('12:30:00'))).toMatchObject({
      runs: [],
      gaps: [{ first: at('10:00:00'), last: at('12:00:00'), ticks: 3, reason: 'too_late' }],
    })
    expect(dueOf(row, at('10:00:00'), at('12:05:00')).runs).toEqual([at('12:00:00')])
  })

  it('runs for every moment of the window where it shall catch up with all', () => {
    const row = minutes(10, { catch_up: 'all', catch_up_seconds: 1500 })

    expect(dueOf(row, at('10:00:00'), at('10:45:00'))).toMatchObject({
      runs: [at('10:20:00'), at('10:30:00'), at('10:40:00')],
      gaps: [{ first: at('10:00:00'), last: at('10:10:00'), ticks: 2, reason: 'too_late' }],
      next: at('10:50:00'),
    })
  })

  it('never runs more often at once than it may, and goes on with the rest in its next turn', () => {
    const row = { ...minutes(1, { catch_up: 'all', catch_up_seconds: 86_400 }), interval_period: 'seconds' }

    const { runs, gaps, base, next } = dueOf(row, at('00:00:00'), at('01:00:00'))

    expect(runs).toHaveLength(MOST_CAUGHT_UP)
    expect(gaps).toEqual([])
    expect([base, next]).toEqual([at('00:16:39'), at('00:16:40')])
    expect(dueOf(row, at('00:50:00'), at('01:00:00'))).toMatchObject({ next: at('01:00:01') })
  })

  it('runs once, whatever it shall catch up with, when it is meant to run once', () => {
    const row = minutes(10, { catch_up: 'all', catch_up_seconds: 86_400, one_off: true })

    expect(dueOf(row, at('10:00:00'), at('10:45:00')).runs).toEqual([at('10:40:00')])
  })

  it('is over once it has expired', () => {
    const row = minutes(10, { expire_time: at('10:15:00') })

    expect(dueOf(row, at('10:00:00'), at('10:15:00'))).toMatchObject({
      ...{ runs: [], next: null },
      gaps: [{ first: at('10:00:00'), last: at('10:10:00'), ticks: 2, reason: 'expired' }],
    })
  })

  it('deals with ten years of seconds without counting them', () => {
    const row = { ...minutes(1), interval_period: 'seconds' }
    const first = new Date('2016-03-02T10:00:00Z')

    const { runs, gaps } = dueOf(row, first, at('10:00:00'))

    expect(runs).toEqual([at('10:00:00')])
    expect(gaps).toEqual([
      expect.objectContaining({
        first,
        last: at('09:59:59'),
        ticks: (at('10:00:00').getTime() - first.getTime()) / 1000,
      }),
    ])
  })

  it('cannot be dealt with when its times make no sense', () => {
    expect(() => dueOf(cron('0 0 31 2 *'), at('10:00:00'), at('10:00:00'))).toThrow(/cron/)
    expect(() => dueOf(cron('* * * * *', { timezone: 'Mars/Base' }), at('10:00:00'), at('10:00:00'))).toThrow(
      RangeError,
    )
    expect(() => dueOf(minutes(0), at('10:00:00'), at('10:00:00'))).toThrow(/interval/)
  })
})

describe('where a schedule begins', () => {
  const moment = at('10:30:20')
  const fresh = (row: DueRow, start_time: Date | null = null) => ({
    ...row,
    ...{ start_time, last_run_time: null, base_time: moment },
  })
  const old = (row: DueRow, base: Date, start_time: Date | null = null) => ({
    ...row,
    ...{ start_time, last_run_time: base, base_time: base },
  })

  it('after one interval, or at the next minute of its crontab', () => {
    expect(beginning(fresh(minutes(10)), moment).next_run_time).toEqual(at('10:40:20'))
    expect(beginning(fresh(cron('0 * * * *')), moment).next_run_time).toEqual(at('11:00:00'))
  })

  it('right at its start time, also when that has passed', () => {
    for (const row of [minutes(10), cron('0 * * * *')])
      for (const start of [at('09:15:00'), at('12:15:00')])
        expect(beginning(fresh(row, start), moment).next_run_time).toEqual(start)
  })

  it('with the first moment from its start time on, when it has run before', () => {
    expect(beginning(old(cron('0 * * * *'), at('08:00:00'), at('12:15:00')), moment).next_run_time).toEqual(
      at('13:00:00'),
    )
    expect(beginning(old(minutes(10), at('08:00:00'), at('12:15:00')), moment).next_run_time).toEqual(
      at('12:15:00'),
    )
  })

  it('at once, when it is switched on again and was due meanwhile', () => {
    expect(resumption(old(cron('0 * * * *'), at('08:00:00')), moment).next_run_time).toEqual(at('09:00:00'))
    expect(resumption(old(minutes(10), at('08:00:00')), moment).next_run_time).toEqual(at('08:10:00'))
  })

  it('not at once, when it never ran, or does not catch up', () => {
    expect(resumption(fresh(cron('0 * * * *')), moment).next_run_time).toEqual(at('11:00:00'))
    const strict = cron('0 * * * *', { catch_up: 'none' })
    expect(resumption(old(strict, at('08:00:00')), moment).next_run_time).toEqual(at('11:00:00'))
  })
})
