import { randomBytes } from 'node:crypto'
import fc from '../support/property'
import { SecretBox, SecretBoxError } from '../../src/security/secret-box'

const newKey = (id: string) => ({ id, key: randomBytes(32) })
const old = newKey('k1')
const box = new SecretBox([old])

describe('a sealed secret', () => {
  it('opens to what was sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        const sealed = box.seal(text, context)
        expect(box.open(sealed, context)).toBe(text)
        expect(SecretBox.isSealed(sealed)).toBe(true)
      }),
    )
  })

  it('never looks the same twice and does not show its content', () => {
    const [one, two] = [box.seal('hunter2', 'a'), box.seal('hunter2', 'a')]

    expect(one).not.toBe(two)
    expect(one).not.toContain('hunter2')
  })

  it('does not open in another place', () => {
    const sealed = box.seal('hunter2', 'sys_config:1')

    expect(() => box.open(sealed, 'sys_config:2')).toThrow(SecretBoxError)
  })

  it('does not open when any part was changed', () => {
    const sealed = box.seal('hunter2', 'a')
    const bytes = [...sealed].map((letter, at) => ({ letter, at })).filter(({ letter }) => letter !== '.')

    for (const { letter, at } of bytes.slice(0, -1)) {
      const changed = sealed.slice(0, at) + (letter === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      expect(() => box.open(changed, 'a')).toThrow(SecretBoxError)
    }
  })

  it.each(['', 'hunter2', 'sb1.k1..', 'sb1.k1.AAAA.AAAA', 'sb1.k1.a.b.c', 'sb2.k1.AAAA.AAAA'])(
    'is not %j',
    (text) => {
      expect(SecretBox.isSealed(text)).toBe(false)
      expect(() => box.open(text, 'a')).toThrow(SecretBoxError)
    },
  )

  it('opens after rotation, and is then known to be outdated', () => {
    const sealed = box.seal('hunter2', 'a')

    const rotated = new SecretBox([newKey('k2'), old])

    expect(rotated.open(sealed, 'a')).toBe('hunter2')
    expect([rotated.isOutdated(sealed), rotated.isOutdated(rotated.seal('x', 'a'))]).toEqual([true, false])
  })

  it('names its key when that key is gone', () => {
    const sealed = box.seal('hunter2', 'a')

    expect(() => new SecretBox([newKey('k2')]).open(sealed, 'a')).toThrow('"k1"')
  })
})

describe('a box', () => {
  it('needs keys of 32 bytes', () => {
    expect(() => new SecretBox([])).toThrow(RangeError)
    expect(() => new SecretBox([{ id: 'k', key: Buffer.alloc(16) }])).toThrow(RangeError)
  })
})
