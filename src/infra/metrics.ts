import type * as prom from 'prom-client'
import type { Counter, Histogram, Registry } from 'prom-client'
import { database } from './database'
import { BUCKETS, CallMetrics } from './call-metrics'
import { startTaskMetrics } from './task-metrics'

/** What is counted (contract 7.7). Paths are route patterns, so that ids make no series. */
export interface Metrics {
  registry: Registry
  calls: CallMetrics
  exceptions: Counter<'method' | 'path' | 'exception_type'>
  batchCost: Histogram<'queue_name'>
  queueExceptions: Counter<'queue_name'>
}

let current: Metrics | undefined
const queues = new Map<string, () => Promise<number>>()

/** The metrics of this process; undefined while they are switched off. */
export const metrics = (): Metrics | undefined => current

/** Shows the length of a queue as `fba_queue_size`; asked whenever metrics are read. */
export function reportQueue(name: string, size: () => Promise<number>): void {
  queues.set(name, size)
}

/** @param milliseconds what taking and storing one batch of a queue took */
export function observeBatch(queue: string, milliseconds: number): void {
  current?.batchCost.observe({ queue_name: queue }, milliseconds)
}

/** One batch of a queue that could not be stored. */
export function countQueueFailure(queue: string): void {
  current?.queueExceptions.inc({ queue_name: queue })
}

/** Switches metrics on. The package is loaded here, so that who does without does not pay for it. */
export async function startMetrics(): Promise<void> {
  const client = await import('prom-client')
  const registry = new client.Registry()
  registry.setDefaultLabels({ app_name: 'fba_server' })
  client.collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const queue = ['queue_name'] as const
  const named = (name: string, help: string) => ({ name, help, registers })
  current = {
    registry,
    calls: new CallMetrics(registry),
    exceptions: new client.Counter({
      ...named('fba_exception_total', 'Requests that failed, by reason'),
      labelNames: ['method', 'path', 'exception_type'],
    }),
    batchCost: new client.Histogram({
      ...named('fba_queue_batch_dequeue_cost_time', 'Time of batches in milliseconds'),
      labelNames: queue,
      buckets: BUCKETS,
    }),
    queueExceptions: new client.Counter({
      ...named('fba_queue_exception_total', 'Batches that failed'),
      labelNames: queue,
    }),
  }
  addGauges(client, registers)
  stopTasks = startTaskMetrics(client, registers)
}

let stopTasks: (() => void) | undefined

export function stopMetrics(): void {
  current = undefined
  stopTasks?.()
}

/** What is only looked at when somebody asks. */
function addGauges(client: typeof prom, registers: Registry[]): void {
  new client.Gauge({
    name: 'fba_queue_size',
    help: 'Entries waiting in a queue',
    labelNames: ['queue_name'],
    registers,
    async collect() {
      for (const [name, size] of queues) this.set({ queue_name: name }, await size())
    },
  })
  new client.Gauge({
    name: 'fba_sqlalchemy_pool_connections',
    help: 'Database connections by state; the name is the one dashboards know',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(poolState())) this.set({ state }, count)
    },
  })
}

interface Pool {
  size: number
  using: number
  available: number
  maxSize: number
}

/** Sequelize keeps its pool to itself; SQLite has none. */
function poolState(): Record<'size' | 'checked_out' | 'idle' | 'overflow', number> {
  const manager = database().connectionManager as unknown as { pool?: Partial<Pool> }
  const { size = 0, using = 0, available = 0, maxSize = 0 } = manager.pool ?? {}
  return { size, checked_out: using, idle: available, overflow: Math.max(size - maxSize, 0) }
}
