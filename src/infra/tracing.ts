import { AsyncLocalStorage } from 'node:async_hooks'
import type * as otel from '@opentelemetry/api'
import type Redis from 'ioredis'
import type { Sequelize } from 'sequelize'
import { version } from '../utils/version'

export interface TracingOptions {
  /** Collector, without `/v1/traces`. */
  endpoint: string
  environment: string
}

type Attributes = Record<string, string | number>

interface Tracing {
  api: typeof otel
  tracer: otel.Tracer
  shutdown(): Promise<void>
}

const PATIENCE_MS = 3000
let current: Tracing | undefined
/** The span that work belongs to which is started now. */
const active = new AsyncLocalStorage<otel.Span>()

export const isTracing = (): boolean => current !== undefined

/** Switches tracing on. The packages are loaded here: who does without pays nothing. */
export async function startTracing({ endpoint, environment }: TracingOptions): Promise<void> {
  const api = await import('@opentelemetry/api')
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'fba_server',
      'service.version': version,
      'deployment.environment': environment,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: PATIENCE_MS }))],
  })
  current = { api, tracer: provider.getTracer('steward', version), shutdown: () => provider.shutdown() }
}

/** Sends what is left, then switches tracing off. */
export async function stopTracing(): Promise<void> {
  const stopping = current
  current = undefined
  await stopping?.shutdown()
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * Runs a request inside a span of its own.
 * @param traceparent W3C header of the caller, whose trace is continued
 */
export async function traceRequest(
  method: string,
  traceparent: string,
  work: (describe: (name: string, attributes: Attributes) => void) => Promise<void>,
): Promise<void> {
  if (!current) return work(() => {})
  const { api, tracer } = current
  const span = tracer.startSpan(method, { kind: api.SpanKind.SERVER }, parentOf(api, traceparent))
  try {
    await active.run(span, () =>
      work((name, attributes) => {
        span.updateName(name)
        span.setAttributes(attributes)
        if (Number(attributes['http.response.status_code']) >= 500)
          span.setStatus({ code: api.SpanStatusCode.ERROR })
      }),
    )
  } finally {
    span.end()
  }
}

function parentOf(api: typeof otel, traceparent: string): otel.Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return api.ROOT_CONTEXT
  const parent = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true }
  return api.trace.setSpanContext(api.ROOT_CONTEXT, parent)
}

/** A span for something a request waits for; none outside of requests. */
function traceStep<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  const parent = active.getStore()
  if (!current || !parent) return work()
  const { api, tracer } = current
  const span = tracer.startSpan(
    name,
    { kind: api.SpanKind.CLIENT, attributes },
    api.trace.setSpan(api.ROOT_CONTEXT, parent),
  )
  const result = work()
  result.then(
    () => span.end(),
    () => span.setStatus({ code: api.SpanStatusCode.ERROR }).end(),
  )
  return result
}

const TABLE = /\b(?:from|into|update)\s+["`]?(\w+)/i

/** Traces the statements of a database. Their text stays here, since it contains values. */
export function traceDatabase(db: Sequelize): void {
  const query = db.query.bind(db) as (...args: unknown[]) => Promise<unknown>
  const traced = (...args: unknown[]): Promise<unknown> => {
    const [statement] = args
    const sql = typeof statement === 'string' ? statement : ''
    const operation = /^\w+/.exec(sql.trimStart())?.[0].toUpperCase() ?? 'QUERY'
    const table = TABLE.exec(sql.slice(0, 5000))?.[1]
    const attributes = { 'db.system.name': db.getDialect(), 'db.operation.name': operation }
    const name = table ? `${operation} ${table}` : operation
    return traceStep(name, { ...attributes, ...(table && { 'db.collection.name': table }) }, () =>
      query(...args),
    )
  }
  db.query = traced as typeof db.query
}

/** A span for a statement that goes past `query`; see `plain-rows.ts`. @param table empty where it is of none */
export function traceStatement<T>(
  system: string,
  table: string,
  sql: string,
  work: () => Promise<T>,
): Promise<T> {
  const operation = /^\w*/.exec(sql)?.[0] ?? ''
  const attributes = { 'db.system.name': system, 'db.operation.name': operation }
  const named = { ...attributes, ...(table && { 'db.collection.name': table }) }
  return traceStep(`${operation} ${table}`.trimEnd(), named, work)
}

/** Traces the commands of a Redis connection, without their arguments. */
export function traceRedis(client: Redis): void {
  const send = client.sendCommand.bind(client)
  client.sendCommand = (command, stream) => {
    if (!active.getStore()) return send(command, stream)
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': command.name.toUpperCase() }
    return traceStep(command.name.toUpperCase(), attributes, () => Promise.resolve(send(command, stream)))
  }
}
