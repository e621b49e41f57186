import type * as prom from 'prom-client'
import type { Registry } from 'prom-client'
import { logger } from './logger'

/**
 * Metrics of tasks, under the names that dashboards of the ancestor know. Counters are those of this process. A task is
 * rejected when a worker refuses it without running its function: nobody knows it there, or its payload does not fit.
 */

export const COUNTED = [
  'sent',
  'received',
  'started',
  'succeeded',
  'failed',
  'retried',
  'rejected',
  'revoked',
] as const
export type Counted = (typeof COUNTED)[number]

/** Seconds. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/** What is only asked for when somebody reads the metrics. */
export interface TaskGauges {
  /** Jobs that wait, by queue. */
  queues(): Promise<Map<string, number>>
  /** Tasks under way, by name of the live worker. */
  workers(): Promise<Map<string, number>>
}

let count: ((kind: Counted, name: string, seconds?: number) => void) | undefined
let gauges: TaskGauges | undefined

/** @param seconds of the attempt, where it ended one */
export function countTask(kind: Counted, name: string, seconds?: number): void {
  count?.(kind, name, seconds)
}

/** Called by whoever knows the queues. @returns how to take it back */
export function reportTasks(source: TaskGauges): () => void {
  gauges = source
  return () => {
    if (gauges === source) gauges = undefined
  }
}

/** Adds them to the metrics of this process. @returns what takes them away */
export function startTaskMetrics(client: typeof prom, registers: Registry[]): () => void {
  const counters = new Map(
    COUNTED.map((kind) => [
      kind,
      new client.Counter({
        ...{ name: `celery_task_${kind}_total`, help: `Tasks ${kind}`, labelNames: ['name'], registers },
      }),
    ]),
  )
  const runtime = new client.Histogram({
    ...{ name: 'celery_task_runtime', help: 'Time of attempts in seconds', registers },
    ...{ labelNames: ['name'], buckets: BUCKETS },
  })
  addGauges(client, registers)
  count = (kind, name, seconds) => {
    counters.get(kind)?.inc({ name })
    if (seconds !== undefined) runtime.observe({ name }, seconds)
  }
  return () => {
    count = undefined
  }
}

function addGauges(client: typeof prom, registers: Registry[]): void {
  const queues = { name: 'celery_queue_length', help: 'Jobs that wait in a queue', registers }
  new client.Gauge({
    ...{ ...queues, labelNames: ['queue', 'queue_name'] },
    async collect() {
      this.reset()
      for (const [queue, length] of await known('queues')) this.set({ queue, queue_name: queue }, length)
    },
  })
  new client.Gauge({
    ...{ name: 'celery_worker_up', help: 'Workers that live', labelNames: ['hostname'], registers },
    async collect() {
      this.reset()
      for (const hostname of (await known('workers')).keys()) this.set({ hostname }, 1)
    },
  })
  new client.Gauge({
    ...{ name: 'celery_worker_tasks_active', help: 'Tasks under way', labelNames: ['hostname'], registers },
    async collect() {
      this.reset()
      for (const [hostname, active] of await known('workers')) this.set({ hostname }, active)
    },
  })
}

/** While Redis is away nothing is known of them; all other metrics can still be read. */
async function known(what: keyof TaskGauges): Promise<Map<string, number>> {
  try {
    return (await gauges?.[what]()) ?? new Map<string, number>()
  } catch (err) {
    logger.warn('the queues could not be asked for metrics', { err })
    return new Map()
  }
}
