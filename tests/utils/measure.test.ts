import { formatBytes, formatDuration } from '../../src/utils/measure'

it.each([
  [0, '0.00 B'],
  [12, '12.00 B'],
  [1023, '1023.00 B'],
  [1024, '1.00 KB'],
  [1024 ** 3 * 251.97, '251.97 GB'],
  [1024 ** 4 * 3, '3.00 TB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

it.each([
  [0, '0 seconds'],
  [59, '0 seconds'],
  [60, '1 minutes'],
  [3600, '1 hours'],
  [86_400 + 60.9, '1 days 1 minutes'],
  [2 * 86_400 + 3 * 3600 + 7 * 60 + 5, '2 days 3 hours 7 minutes'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})
