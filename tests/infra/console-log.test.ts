import { logComplaints } from '../../src/infra/console-log'
import { createLogger } from '../../src/infra/logger'

const { log, warn } = console
const lines: string[] = []
let giveBack: () => void
beforeEach(() => {
  lines.length = 0
  giveBack = logComplaints(createLogger('INFO', { write: (line) => void lines.push(line) }))
})
afterEach(() => giveBack())

it.each(['warn', 'error'] as const)('what a library says by console.%s is a line of the log', (level) => {
  console[level]('Rolling back transaction %s failed with error', 'abc', { code: 7 })

  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level, msg: 'Rolling back transaction abc failed with error { code: 7 }' },
  ])
})

it('what is printed by console.log stays where it is', () => {
  expect(console.log).toBe(log)
})

it('is over once it is taken back', () => {
  giveBack()

  expect(console.warn).toBe(warn)
})
