import { once } from 'node:events'
import type { Transform } from 'node:stream'
import { brotliCompressSync, createBrotliDecompress, createGunzip, createInflate, gzipSync } from 'node:zlib'
import { InvalidInput } from '../../src/common/errors'
import { refusalOf } from '../../src/core/read-body'

/** How unpacking fails. */
async function failureOf(unpacking: Transform, packed: Buffer): Promise<unknown> {
  const failing = once(unpacking, 'error')
  unpacking.resume().end(packed)
  const [error] = (await failing) as [unknown]
  return error
}

const NOTHING = Buffer.from('no packed text')
const cut = (packed: Buffer) => packed.subarray(0, packed.length - 5)

it.each([
  ['gzip', () => createGunzip(), NOTHING],
  ['deflate', () => createInflate(), NOTHING],
  ['br', () => createBrotliDecompress(), Buffer.from('ff'.repeat(30), 'hex')],
  ['gzip that is cut off', () => createGunzip(), cut(gzipSync('a text'))],
  ['br that is cut off', () => createBrotliDecompress(), cut(brotliCompressSync('a text'))],
])(
  'a body that is said to be packed and is not is the fault of who sent it: %s',
  async (_name, open, packed) => {
    const refusal = refusalOf(await failureOf(open(), packed), false)

    expect(refusal).toBeInstanceOf(InvalidInput)
  },
)

it('a disk that is full is not the fault of who sent a file', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

  expect(refusalOf(full, true)).toBe(full)
})
