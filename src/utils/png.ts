import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * A PNG file of 8 bits per colour.
 * @param pixels red, green, blue of each pixel, row by row
 */
export function encodePng(width: number, height: number, pixels: Uint8Array): Buffer {
  if (pixels.length !== width * height * 3)
    throw new RangeError('as many pixels as width times height, please')
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8) // bits per colour; red, green and blue without alpha
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines(width, height, pixels))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Every line starts with the number of its filter: 0, none. */
function scanlines(width: number, height: number, pixels: Uint8Array): Buffer {
  const length = width * 3
  const lines = Buffer.alloc((length + 1) * height)
  for (let y = 0; y < height; y++)
    lines.set(pixels.subarray(y * length, (y + 1) * length), y * (length + 1) + 1)
  return lines
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, check])
}
