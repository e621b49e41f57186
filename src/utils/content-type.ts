export type MediaKind = 'jpg' | 'png' | 'gif' | 'webp' | 'mp4' | 'mov' | 'avi' | 'flv'

/** How many bytes of a file `sniff` wants to see. */
export const SNIFF_BYTES = 1024

/** Brands of MP4 files; those of pictures in the same container (heic, avif) are not among them. */
const MP4_BRANDS = /^(isom|iso[2-9]|mp4[12]|avc1|M4V |M4VH|M4VP|dash|msnv|f4v |mmp4|3gp[4-9]|3g2[a-c])$/
const QUICKTIME_BRAND = 'qt  '
const MAX_BRANDS_BOX = 1024

/** A picture that is a page at the same time, made for browsers or servers that guess. */
const PAGE = /<(!doctype|html|head|body|script|iframe|svg|\?php)\b/i

/**
 * What kind of picture or film a file is, by its first bytes and never by its name.
 * @param head the first `SNIFF_BYTES` bytes, or the whole file when it is shorter
 * @returns null for everything that is none of them, and for what could also pass for a page (HTML, SVG)
 */
export function sniff(head: Buffer): MediaKind | null {
  const kind = kindOf(head)
  return kind !== null && PAGE.test(head.toString('latin1', 0, SNIFF_BYTES)) ? null : kind
}

function kindOf(head: Buffer): MediaKind | null {
  if (starts(head, [0xff, 0xd8, 0xff]) && isJpegMarker(head[3])) return 'jpg'
  if (starts(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]) && has(head, 12, 'IHDR'))
    return 'png'
  if (has(head, 0, 'GIF87a') || has(head, 0, 'GIF89a')) return isGif(head) ? 'gif' : null
  if (has(head, 0, 'RIFF')) return riffKind(head)
  if (has(head, 4, 'ftyp')) return boxKind(head)
  return isFlv(head) ? 'flv' : null
}

/** After the header and its colours comes an extension or a picture, which a text behind `GIF89a` does not have there. */
function isGif(head: Buffer): boolean {
  const flags = head[10] ?? 0
  const colours = flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
  return [0x21, 0x2c].includes(head[13 + colours] ?? 0)
}

/** Start of an application segment, a comment, tables or the frame itself. */
const isJpegMarker = (byte = 0) =>
  (byte >= 0xe0 && byte <= 0xef) || [0xfe, 0xdb, 0xc0, 0xc2, 0xc4].includes(byte)

function riffKind(head: Buffer): MediaKind | null {
  if (has(head, 8, 'AVI LIST')) return 'avi'
  return has(head, 8, 'WEBPVP8 ') || has(head, 8, 'WEBPVP8L') || has(head, 8, 'WEBPVP8X') ? 'webp' : null
}

function boxKind(head: Buffer): MediaKind | null {
  if (head.length < 16) return null
  const size = head.readUInt32BE(0)
  const brand = head.toString('latin1', 8, 12)
  if (size < 16 || size > MAX_BRANDS_BOX || size % 4 !== 0) return null
  if (brand === QUICKTIME_BRAND) return 'mov'
  return MP4_BRANDS.test(brand) ? 'mp4' : null
}

/** Version 1, flags for sound and picture only, and the header's own length, 9. */
function isFlv(head: Buffer): boolean {
  if (head.length < 13 || !starts(head, [0x46, 0x4c, 0x56, 0x01])) return false
  return ((head[4] ?? 0xff) & 0b11111010) === 0 && head.readUInt32BE(5) === 9
}

const starts = (head: Buffer, bytes: number[]) => bytes.every((byte, at) => head[at] === byte)
const has = (head: Buffer, at: number, text: string) => head.toString('latin1', at, at + text.length) === text
