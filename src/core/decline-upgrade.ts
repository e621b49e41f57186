import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Answers a request that offers another protocol as if it had not. The offer may be passed over (RFC 9110, 7.8), and
 * clients that would like HTTP/2 make it with every first request. But where one address takes web sockets, Node hands
 * every such connection over and reads no further. So the request is put back in front of what else has come, without
 * the offer, and read again.
 * @param head what came after the head of the request
 */
export function declineUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`)
  }
  // Node reads heads as latin1, so every byte is the one that came.
  const again = Buffer.from([...lines, '', ''].join('\r\n'), 'latin1')
  socket.unshift(Buffer.concat([again, head]))
  server.emit('connection', socket)
}
