import http from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { env } from '../config/env'
import { newRequestId } from '../common/request-id'
import { t } from '../infra/i18n'

const SECOND = 1000

/** Limits that keep slow or endless clients from holding connections. */
const LIMITS: http.ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 20 * SECOND,
  // A large upload over a slow line must get through.
  requestTimeout: 300 * SECOND,
  connectionsCheckingInterval: 2 * SECOND,
  // Longer than proxies keep their side (60 s), so that never a proxy sends into a connection we just closed.
  keepAliveTimeout: 65 * SECOND,
  // Refused here, in the envelope; Node would answer with nothing.
  requireHostHeader: false,
}

export interface WebServer {
  server: http.Server
  port: number
  /** Refuses new connections at once; resolves when the requests under way are answered. */
  drain(): Promise<void>
  /** Cuts what is still open. */
  cut(): void
}

/** Listens. @throws the error of the system when the address cannot be had */
export async function openWebServer(
  listener: http.RequestListener,
  place: { host: string; port: number },
  limits: http.ServerOptions = {},
): Promise<WebServer> {
  const server = http.createServer({ ...LIMITS, ...limits }, (req, res) =>
    lacksHost(req) ? answerPlainly(res, 400, 'request.refused') : listener(req, res),
  )
  server.on('clientError', answerBrokenRequest)
  server.on('checkExpectation', (_req, res) => answerPlainly(res, 417, 'request.refused'))
  server.on('connect', (_req, socket) => endWith(socket, 405, 'request.method_not_allowed'))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(place.port, place.host, () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : place.port
  return { server, port, drain: () => drain(server, sockets), cut: () => server.closeAllConnections() }
}

/**
 * Connections are kept alive between requests, so they are closed as soon as they fall idle. Those that browsers and
 * proxies open in advance have not said a word, which Node does not count as idle. Every answer says that its connection
 * ends: a client that did not know would send its next request into a connection that is being closed.
 */
function drain(server: http.Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closeIdle = () => {
    server.closeIdleConnections()
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  }
  server.prependListener('request', (_req, res) => endConnection(res))
  for (const socket of sockets) endConnection(answerUnderWay(socket))
  const sweep = setInterval(closeIdle, 50)
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(sweep)
      resolve()
    })
    closeIdle()
  })
}

function endConnection(res: http.ServerResponse | null): void {
  if (res?.headersSent === false) res.setHeader('Connection', 'close')
}

/** Node keeps the answer under way on the socket. */
function answerUnderWay(socket: Duplex): http.ServerResponse | null {
  const under: unknown = Reflect.get(socket, '_httpMessage')
  return under instanceof http.ServerResponse ? under : null
}

const BROKEN: Record<string, { status: number; key: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, key: 'request.headers_too_large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, key: 'request.body_too_large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, key: 'request.timeout' },
}

/** What is no HTTP never reaches Koa; it gets the same envelope from here, but not in the middle of another answer. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET' || answerUnderWay(socket)?.headersSent) {
    socket.destroy()
    return
  }
  const { status, key } = BROKEN[error.code ?? ''] ?? { status: 400, key: 'request.refused' }
  endWith(socket, status, key)
}

function endWith(socket: Duplex, status: number, key: string): void {
  const { headers, body } = envelope(status, key)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const reason = http.STATUS_CODES[status] ?? ''
  socket.end([`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n'))
  // Closing while the client still sends would reset the connection and take our answer with it.
  socket.resume()
  setTimeout(() => socket.destroy(), SECOND).unref()
}

const lacksHost = ({ httpVersion, headers }: http.IncomingMessage) =>
  httpVersion === '1.1' && headers.host === undefined

function answerPlainly(res: http.ServerResponse, status: number, key: string): void {
  const { headers, body } = envelope(status, key)
  res.writeHead(status, headers).end(body)
}

/** The answer to what Koa does not get to see. */
function envelope(status: number, key: string): { headers: Record<string, string>; body: string } {
  const id = newRequestId()
  const msg = t(env.I18N_DEFAULT_LANGUAGE, key)
  const body = JSON.stringify({ code: status, msg, data: null, trace_id: id })
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    [env.TRACE_ID_REQUEST_HEADER_KEY]: id,
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  }
  return { headers, body }
}
