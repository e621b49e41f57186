import { createHash, createVerify } from 'node:crypto'

/** Checks the DKIM signature of a mail as its receiver does (RFC 6376, relaxed/relaxed). */
export function isSigned(raw: string, publicKey: string): boolean {
  const end = raw.indexOf('\r\n\r\n')
  const headers = raw.slice(0, end).split(/\r\n(?![ \t])/)
  const signature = headers.find((header) => /^dkim-signature:/i.test(header)) ?? ''
  const tags = tagsOf(signature.slice(signature.indexOf(':') + 1))
  const hash = createHash('sha256')
    .update(relaxedBody(raw.slice(end + 4)), 'latin1')
    .digest('base64')
  const names = (tags['h'] ?? '').split(':')
  const signed = names.map((name) => headers.findLast((one) => nameOf(one) === name.trim().toLowerCase()))
  const unsigned = signature.replace(/([;\s]b=)[^;]*/, '$1')
  const lines = [
    ...signed.filter((one) => one !== undefined).map((one) => `${relaxed(one)}\r\n`),
    relaxed(unsigned),
  ]
  const isTrue = createVerify('sha256')
    .update(lines.join(''), 'latin1')
    .verify(publicKey, tags['b'] ?? '', 'base64')
  return tags['d'] === 'example.com' && tags['s'] === 's1' && hash === tags['bh'] && isTrue
}

const nameOf = (header: string) => header.slice(0, header.indexOf(':')).trim().toLowerCase()

const tagsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .replace(/\s+/g, '')
      .split(';')
      .filter((tag) => tag !== '')
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  )

const relaxed = (header: string) =>
  `${nameOf(header)}:${header
    .slice(header.indexOf(':') + 1)
    .replace(/\s+/g, ' ')
    .trim()}`

const relaxedBody = (body: string) => {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  return `${lines.join('\r\n').replace(/(\r\n)*$/, '')}\r\n`
}
