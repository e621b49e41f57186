import { connect } from 'node:net'
import { app } from './app'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  text: string
  /** The body as JSON; null where it is none. */
  // Tests look into answers of every shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any
}

/**
 * Sends bytes as they are to the running application and reads until it closes the connection: for what no HTTP
 * client would send. Give several parts to send them apart.
 */
export function sendRaw(...parts: (string | Buffer)[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(app().port, '127.0.0.1')
    const received: Buffer[] = []
    socket.on('data', (part) => received.push(part))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => resolve(parse(Buffer.concat(received).toString())))
    for (const part of parts) socket.write(part)
  })
}

/** A request head with `Connection: close`. */
export const head = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n')

function parse(text: string): RawAnswer {
  const [top = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = top.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  const body = rest.join('\r\n\r\n')
  const chunked = headers['transfer-encoding'] === 'chunked'
  const plain = chunked ? body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '').trim() : body
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: plain, json: jsonOf(plain) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // the assertion on it says what was expected
  }
}
