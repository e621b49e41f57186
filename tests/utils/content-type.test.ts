import { encodePng } from '../../src/utils/png'
import { sniff, SNIFF_BYTES } from '../../src/utils/content-type'

const base64 = (text: string) => Buffer.from(text, 'base64')
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )

const gif = base64('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7')
const jpg = base64(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
)
const webp = base64('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA')
const mp4 = bytes([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isommp41', [0, 0, 0, 8], 'free')
const mov = bytes([0, 0, 0, 20], 'ftypqt  ', [0, 0, 2, 0], 'qt  ', [0, 0, 0, 8], 'wide')
const avi = bytes('RIFF', [0, 1, 0, 0], 'AVI LIST', [0x12, 1, 0, 0], 'hdrlavih')
const flv = bytes('FLV', [1, 5, 0, 0, 0, 9, 0, 0, 0, 0])

it.each([
  ['png', encodePng(1, 1, new Uint8Array(3))],
  ['gif', gif],
  ['jpg', jpg],
  ['webp', webp],
  ['mp4', mp4],
  ['mov', mov],
  ['avi', avi],
  ['flv', flv],
])('recognises a %s file', (kind, file) => {
  expect(sniff(file)).toBe(kind)
})

it.each([
  ['an empty file', Buffer.alloc(0)],
  ['one byte', bytes([0xff])],
  ['a page', bytes('<!DOCTYPE html><html><script>alert(1)</script>')],
  ['a drawing', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['a drawing with a prologue', bytes('<?xml version="1.0"?><svg/>')],
  ['a script that begins like a GIF', bytes('GIF89a/*', [0, 0, 0, 0], '*/=1;alert(1)//')],
  [
    'a GIF with a page in it',
    bytes([...gif.subarray(0, 19)], [0x21, 0xfe, 40], '<html><script>alert(1)</script>'),
  ],
  ['a JPEG with PHP in its comment', bytes([0xff, 0xd8, 0xff, 0xfe, 0, 30], '<?php system($_GET[0]); ?>')],
  ['a JPEG that stops at once', bytes([0xff, 0xd8, 0xff])],
  ['a PNG without a header', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a], 'something else')],
  ['another RIFF file', bytes('RIFF', [0, 1, 0, 0], 'WAVEfmt ')],
  ['a picture in the container of films', bytes([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic')],
  ['a film container of absurd size', bytes([0xff, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isommp41')],
  ['a program', bytes([0x7f], 'ELF', [2, 1, 1, 0])],
  ['an archive', bytes('PK', [3, 4, 20, 0])],
  ['a document', bytes('%PDF-1.7')],
  ['text', bytes('FLV is a format')],
  ['zeros', Buffer.alloc(SNIFF_BYTES)],
])('refuses %s', (_what, file) => {
  expect(sniff(file)).toBeNull()
})
