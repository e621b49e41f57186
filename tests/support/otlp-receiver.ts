import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: Record<string, unknown>
}

/** A collector for traces (OTLP over HTTP, JSON) that keeps what it gets. */
export async function startOtlpReceiver() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(body)
      response.setHeader('Content-Type', 'application/json').end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const resources = () => bodies.flatMap((body) => JSON.parse(body).resourceSpans)
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: (): ReceivedSpan[] => resources().flatMap(spansOf),
    services: () => [...new Set(resources().map((one) => plain(one.resource.attributes)['service.name']))],
    stop: () => void server.close(),
  }
}

// OTLP as JSON; only what the tests look at.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Otlp = any

const spansOf = (resource: Otlp): ReceivedSpan[] =>
  resource.scopeSpans.flatMap((scope: Otlp) =>
    scope.spans.map((span: Otlp) => ({ ...span, attributes: plain(span.attributes) })),
  )

const plain = (attributes: Otlp): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }: Otlp) => [key, Object.values(value)[0]]))
