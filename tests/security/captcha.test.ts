import { inflateSync } from 'node:zlib'
import { isCaptcha, newCaptcha } from '../../src/security/captcha'
import { sniff } from '../../src/utils/content-type'

const SIZE = { width: 120, height: 40 }

/** The colours of a picture, after undoing what `encodePng` does. */
function pixels(image: string): Buffer[] {
  const file = Buffer.from(image, 'base64')
  const length = file.readUInt32BE(33)
  const lines = inflateSync(file.subarray(41, 41 + length))
  const line = SIZE.width * 3 + 1
  expect([file.readUInt32BE(16), file.readUInt32BE(20), lines.length]).toEqual([120, 40, line * 40])
  return Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
    const start = Math.floor(at / SIZE.width) * line + 1 + (at % SIZE.width) * 3
    return lines.subarray(start, start + 3)
  })
}

it('is a PNG of 120 by 40, without the prefix that the page adds', async () => {
  const { image } = await newCaptcha()

  expect(image).toMatch(/^[A-Za-z0-9+/]+=*$/)
  expect(sniff(Buffer.from(image, 'base64'))).toBe('png')
  expect(pixels(image)).toHaveLength(4800)
})

it('has four letters or digits, different ones every time', async () => {
  const captchas = await Promise.all(Array.from({ length: 50 }, () => newCaptcha()))
  const codes = captchas.map((captcha) => captcha.code)

  expect(codes.every((code) => /^[A-Za-z0-9]{4}$/.test(code))).toBe(true)
  expect(new Set(codes).size).toBeGreaterThan(45)
})

it('draws something dark in each of its four quarters', async () => {
  for (let round = 0; round < 20; round++) {
    const dark = [0, 0, 0, 0]
    const { image } = await newCaptcha()
    pixels(image).forEach((colour, at) => {
      const quarter = Math.floor((at % SIZE.width) / 30)
      if (Math.max(...colour) < 160) dark[quarter] = (dark[quarter] ?? 0) + 1
    })
    expect(Math.min(...dark)).toBeGreaterThan(30)
  }
})

it('is solved without regard to case and blanks, and by nothing else', () => {
  expect(isCaptcha('aB3x', 'Ab3X')).toBe(true)
  expect(isCaptcha('aB3x', ' ab3x ')).toBe(true)
  expect(isCaptcha('aB3x', 'ab3')).toBe(false)
  expect(isCaptcha('aB3x', '')).toBe(false)
  expect(isCaptcha('', '')).toBe(false)
})
