import { maskSecrets, truncate } from '../../src/core/masking'

const mask = (value: unknown) => maskSecrets(value, (key) => key === 'password')

/** Half of an emoji. */
const HALF = '😀'.slice(0, 1)

it('masks secrets at any depth and leaves the rest alone', () => {
  const body = { name: 'a', list: [{ password: 'x', n: 1 }], password: null }

  expect(mask(body)).toEqual({ name: 'a', list: [{ password: '[REDACTED]', n: 1 }], password: null })
})

it('replaces halves of characters, which not every database takes', () => {
  expect(mask({ [HALF]: [`a${HALF}b`, '😀'] })).toEqual({ '\uFFFD': ['a\uFFFDb', '😀'] })
})

it.each([0, 1])('cuts a preview that is well-formed wherever the cut falls (%d)', (shift) => {
  const { data_preview } = truncate({ text: 'x'.repeat(shift) + '😀'.repeat(20_000) })

  expect(JSON.stringify(data_preview)).not.toMatch(/\\ud[89a-f]/i)
  expect(data_preview).toHaveLength(10_240)
})
