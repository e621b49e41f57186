/** The part of autocannon that the benchmarks use; the package brings no types. */
declare module 'autocannon' {
  interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    headers?: Record<string, string>
    setupClient?: (client: Client) => void
  }

  interface Client {
    /** Sent one after the other, again and again. */
    setRequests(requests: { path: string; headers?: Record<string, string> }[]): void
  }

  interface Result {
    requests: { average: number; total: number }
    latency: { p50: number; p99: number }
    non2xx: number
    errors: number
  }

  export default function autocannon(options: Options): Promise<Result>
}
