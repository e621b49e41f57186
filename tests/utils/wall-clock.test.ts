import fc from 'fast-check'
import { momentOf } from '../../src/utils/wall-clock'

it.each([
  ['2026-01-01 00:00:00', 'Asia/Shanghai', '2025-12-31T16:00:00.000Z'],
  ['2026-01-01T08:30', 'UTC', '2026-01-01T08:30:00.000Z'],
  ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
  ['2026-03-29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
  ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ['2024-02-29 12:00:00', 'America/New_York', '2024-02-29T17:00:00.000Z'],
])('%s in %s is %s', (text, zone, moment) => {
  expect(momentOf(text, zone)?.toISOString()).toBe(moment)
})

it.each([
  '',
  'now',
  '2026',
  '2026-13-01',
  '2026-02-30',
  '2026-01-01 24:00:00',
  '2026-01-01 10:60',
  '0000-01-01',
  '2026-01-01 10',
])('%j is no time', (text) => {
  expect(momentOf(text, 'UTC')).toBeNull()
})

it('agrees with the clock on the wall all year round, wherever the clock shows that time at all', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
  )
  const moments = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 })

  fc.assert(
    fc.property(zones, moments, (zone, seconds) => {
      const shown = new Date(seconds * 1000).toLocaleString('sv-SE', { timeZone: zone })
      const again = momentOf(shown, zone)?.toLocaleString('sv-SE', { timeZone: zone })
      expect(again).toBe(shown)
    }),
    { numRuns: 2000 },
  )
})
