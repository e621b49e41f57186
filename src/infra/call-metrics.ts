import type { Metric, Registry } from 'prom-client'

/** Milliseconds. */
export const BUCKETS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]

/** The calls of one method and one path. */
export class CallSeries {
  readonly labels: { method: string; path: string }
  /** Calls under way. */
  inProgress = 0
  answered = 0
  milliseconds = 0
  /** How many took no longer than the bucket of the same place, and longer than the one before. */
  readonly buckets = BUCKETS.map(() => 0)
  readonly byCode = new Map<string, number>()

  constructor(method: string, path: string) {
    this.labels = { method, path }
  }

  /** @param code of the envelope, or the status where there is none */
  answer(code: string, milliseconds: number): void {
    this.answered += 1
    this.milliseconds += milliseconds
    const bucket = BUCKETS.findIndex((limit) => milliseconds <= limit)
    if (bucket >= 0) this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1)
  }
}

interface Value {
  labels: Record<string, string | number>
  value: number
  metricName?: string
}

/**
 * Counts calls in plain numbers and makes series of them when somebody asks: prom-client looks up the labels anew for
 * every single observation, which took a twentieth of the time of a small read.
 */
export class CallMetrics {
  readonly #series = new Map<string, CallSeries>()

  constructor(registry: Registry) {
    const add = (name: string, type: string, help: string, values: (one: CallSeries) => Value[]) => {
      const get = () =>
        Promise.resolve({ name, help, type, aggregator: 'sum', values: this.#all.flatMap(values) })
      // What the registry asks of a metric; its type is the union of prom-client's own classes.
      registry.registerMetric({ name, get } as unknown as Metric)
    }
    add('fba_request_in_progress', 'gauge', 'Requests under way', inProgress)
    add('fba_request_total', 'counter', 'Requests', total)
    add('fba_request_cost_time', 'histogram', 'Time of requests in milliseconds', cost)
    add('fba_response_total', 'counter', 'Answers, by code', byCode)
  }

  /** @param pattern of the route, as `/users/:pk` */
  of(method: string, pattern: string): CallSeries {
    const name = `${method} ${pattern}`
    let series = this.#series.get(name)
    if (!series) {
      series = new CallSeries(method, pattern.replace(/:([A-Za-z0-9_]+)/g, '{$1}'))
      this.#series.set(name, series)
    }
    return series
  }

  get #all(): CallSeries[] {
    return [...this.#series.values()]
  }
}

const inProgress = ({ labels, inProgress: value }: CallSeries): Value[] => [{ labels, value }]

const total = ({ labels, answered: value }: CallSeries): Value[] => [{ labels, value }]

const byCode = ({ labels, byCode: codes }: CallSeries): Value[] =>
  [...codes].map(([code, value]) => ({ labels: { ...labels, status_code: code }, value }))

/** Buckets add up, as the format wants it. */
function cost({ labels, buckets, milliseconds, answered }: CallSeries): Value[] {
  const name = 'fba_request_cost_time'
  let within = 0
  const counted = BUCKETS.map((le, at) => {
    within += buckets[at] ?? 0
    return { labels: { ...labels, le }, value: within, metricName: `${name}_bucket` }
  })
  return [
    ...counted,
    { labels: { ...labels, le: '+Inf' }, value: answered, metricName: `${name}_bucket` },
    { labels, value: milliseconds, metricName: `${name}_sum` },
    { labels, value: answered, metricName: `${name}_count` },
  ]
}
