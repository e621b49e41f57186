import { newLines } from '../../src/cli/action/new-lines'

it.each([
  ['nothing yet', '', '', []],
  ['the first lines', '', 'a\nb\n', ['a', 'b']],
  ['nothing new', 'a\nb\n', 'a\nb\n', []],
  ['lines that were added', 'a\nb\n', 'a\nb\nc\n', ['c']],
  ['a log that was cut off at its beginning', 'a\nb\nc\n', 'c\nd\n', ['d']],
  ['a log that was cut off within the last line seen', 'a\nlong one\n', 'one\nnext\n', ['one', 'next']],
  ['the log of another attempt', 'a\nb\n', 'x\ny\n', ['x', 'y']],
])('%s', (_what, seen, log, lines) => {
  expect(newLines(seen, log)).toEqual(lines)
})
