import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  Agent,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { openWebServer } from '../../src/core/web-server'
import { modules } from '../../src/app/modules'
import { env } from '../../src/config/env'
import { app, signInAdmin, stranger, useApp } from '#testing'
import { head, sendRaw } from '../support/raw-http'
import { until } from '../support/redis'

useApp()

interface Sent {
  headers?: OutgoingHttpHeaders
  body?: Buffer
}

/** Sends over a connection of the agent. @returns the status, and the port on our side, which names the connection */
async function sendOver(agent: Agent, method: string, path: string, { headers, body }: Sent = {}) {
  const sending = request({ host: '127.0.0.1', port: app().port, agent, method, path, headers })
  sending.end(body)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  const port = answer.socket.localPort
  answer.resume()
  await once(answer, 'end')
  return { status: answer.statusCode, port }
}

/** Every answer to a mistake has the envelope and an id to ask for. */
function expectEnvelope(answer: Awaited<ReturnType<typeof sendRaw>>, status: number) {
  expect(answer.status).toBe(status)
  expect(answer.json).toMatchObject({ code: status, data: null, msg: expect.any(String) })
  expect(answer.json.msg).not.toMatch(/^[a-z_]+(\.[a-z_]+)+$/) // a key that nobody has words for
  expect(answer.json.trace_id).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.headers['x-request-id']).toBe(answer.json.trace_id)
}

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP at all', 'hello?\r\n\r\n'],
    ['a broken header line', 'GET / HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n'],
    ['a null byte in the path', head('GET /api/v1/sys/\0users')],
    ['a null byte in a header', head('GET /', 'X-Thing: a\0b')],
    ['two lengths', head('POST /api/v1/auth/login', 'Content-Length: 3', 'Content-Length: 5')],
    [
      'a length and chunks',
      head('POST /api/v1/auth/login', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
    ],
    ['a negative length', head('POST /api/v1/auth/login', 'Content-Length: -3')],
    ['an unknown method', head('BREW /coffee')],
    ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex')],
  ])('are refused in an envelope: %s', async (_name, bytes) => {
    expectEnvelope(await sendRaw(bytes), 400)
  })

  it.each([20_000, 3_000_000])('are refused when the headers have %i bytes', async (size) => {
    expectEnvelope(await sendRaw(head('GET /', `X-Long: ${'x'.repeat(size)}`)), 431)
  })
})

describe('odd requests', () => {
  it.each([
    ['GET /api/v1/%E0%A4%A', 404],
    ['GET /api/v1/sys/%00', 404],
    ['GET /api/v1/__proto__/constructor', 404],
    ['GET /api/v1/../../etc/passwd', 404],
    ['GET /static/..%2f..%2fpackage.json', 404],
    ['GET /static/%2e%2e/%2e%2e/package.json', 404],
    ['GET /static/%E0%A4%A', 404],
    ['GET /static/%00', 404],
    ['GET //evil.example/api/v1', 404],
    ['GET http://evil.example/api/v1/nothing', 404],
    ['OPTIONS *', 404],
    ['DELETE /api/v1/nothing', 404],
    ['HEAD /api/v1/sys/users', 405],
    ['PATCH /api/v1/sys/users', 405],
  ])('get an envelope: %s', async (line, status) => {
    const answer = await sendRaw(head(line))

    if (line.startsWith('HEAD')) expect(answer).toMatchObject({ status, text: '' })
    else expectEnvelope(answer, status)
    if (status === 405) expect(answer.headers.allow).toContain('GET')
  })

  it('get an envelope: CONNECT', async () => {
    expectEnvelope(await sendRaw(head('CONNECT evil.example:443')), 405)
  })

  it('get an envelope: without a Host', async () => {
    expectEnvelope(await sendRaw('GET / HTTP/1.1\r\n\r\n'), 400)
  })

  it('get an envelope: with an expectation that nobody can meet', async () => {
    expectEnvelope(
      await sendRaw(head('POST /api/v1/auth/login', 'Expect: wonders', 'Content-Length: 0')),
      417,
    )
  })

  it.each([
    ['HTTP/2', 'h2c'],
    ['a web socket at another address', 'websocket'],
  ])('are answered as they are when they offer %s', async (_name, protocol) => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', `Upgrade: ${protocol}`, 'HTTP2-Settings: AAMAAABk']
    const body = JSON.stringify({ username: 'nobody', password: 'x' })
    const length = ['Content-Type: application/json', `Content-Length: ${body.length}`]
    const last = head('GET /api/v1/nothing')

    const post = ['POST /api/v1/auth/login HTTP/1.1', 'Host: localhost', ...offer, ...length, '', ''].join(
      '\r\n',
    )
    const answers = await sendRaw(post, body.slice(0, 5), body.slice(5), last)

    expect(answers.status).toBe(403) // no such user: the body has been read
    expect(answers.text).toContain('"code":404') // and so has the request behind it
  })

  it('with a body on a route that does not exist keep the connection usable', async () => {
    const answer = await sendRaw(head('POST /api/v1/nothing', 'Content-Length: 4'), 'abcd')

    expectEnvelope(answer, 404)
  })

  it('that are unpacked to more than is allowed keep the connection usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const bomb = gzipSync(randomBytes(8_000_000))
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }

    const refused = await sendOver(agent, 'POST', '/api/v1/auth/login', { headers, body: bomb })
    const next = await sendOver(agent, 'GET', '/api/v1/auth/captcha')

    expect([refused.status, next.status]).toEqual([413, 200])
    expect(next.port).toBe(refused.port)
    agent.destroy()
  })

  it('that end early leave no trace', async () => {
    const socket = connect(app().port, '127.0.0.1')
    socket.write(head('POST /api/v1/auth/login', 'Content-Type: application/json', 'Content-Length: 100'))
    socket.destroy()

    expect((await stranger().get('/nothing')).status).toBe(404)
  })
})

describe('every route', () => {
  const odd = [
    '%E0%A4%A',
    '%00',
    '__proto__',
    'constructor',
    '-1',
    '9'.repeat(40),
    '1%20OR%201=1',
    "'",
    '%2e%2e%2f',
    'null',
  ]
  const reads = modules
    .flatMap((m) => m.routes ?? [])
    .filter((r) => r.method === 'get' && r.reply.kind !== 'file')

  it.each(odd)('answers a client error to the parameter %s', async (value) => {
    const admin = await signInAdmin()
    for (const { path } of reads.filter((r) => r.path.includes(':'))) {
      const answer = await admin.get(path.replace(/:[a-z_]+/g, value))
      expect(`${path} ${answer.status}`).toMatch(/ (200|400|404|422)$/)
    }
  })

  it.each([
    '?__proto__[a]=1',
    '?page=%E0%A4%A',
    '?page[]=1&page[]=2',
    '?size=100000',
    '?page=-1',
    `?username=${'x'.repeat(5000)}`,
    '?username=%00',
  ])('does not fail on the query %s', async (query) => {
    const admin = await signInAdmin()
    for (const { path } of reads.filter((r) => !r.path.includes(':'))) {
      const answer = await admin.get(path + query)
      expect(`${path} ${answer.status}`).toMatch(/ (200|400|404|409|422|429)$/)
    }
  })
})

describe('a slow client', () => {
  it('is told that it took too long', async () => {
    const web = await openWebServer(
      () => {},
      { host: env.HOST, port: 0 },
      { headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 },
    )
    const socket = connect(web.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (part) => (answer += part.toString()))
    socket.write('GET / HTTP/1.1\r\nHost')

    await once(socket, 'close')
    await web.drain()

    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('"code":408')
  })
})

describe('a server that stops', () => {
  it('says with the answers under way that their connections end', async () => {
    const arrived: ServerResponse[] = []
    const web = await openWebServer((_req, res) => void arrived.push(res), { host: env.HOST, port: 0 })
    const agent = new Agent({ keepAlive: true })
    const sending = request({ host: env.HOST, port: web.port, agent }).end()
    await until('the request is there', () => Promise.resolve(arrived.length === 1))

    const drained = web.drain()
    arrived[0]?.end('done')

    const [answer] = (await once(sending, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.headers.connection).toBe('close')
    await drained
    agent.destroy()
  })
})
