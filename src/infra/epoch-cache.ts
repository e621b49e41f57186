import { performance } from 'node:perf_hooks'
import { LRUCache } from 'lru-cache'
import type { EpochState } from './epoch'

/** See `epoch.ts`: must stay well below the life of a mark there, 60 s, with room for a slow answer of Redis. */
const MAX_AGE_MS = 30_000

interface Entry<T> {
  version: string
  value: T
  diesAt: number
}

interface Flight<T> {
  version: string
  value: Promise<T>
}

/**
 * Values of one process that are good for one version only. Values are shared between callers: do not change them.
 */
export class EpochCache<T extends {}> {
  readonly #entries: LRUCache<string, Entry<T>>
  readonly #flights = new Map<string, Flight<T>>()

  /** @param max number of entries; the least recently used go first */
  constructor(options: { max: number; maxAgeMs?: number }) {
    this.#maxAgeMs = Math.min(options.maxAgeMs ?? MAX_AGE_MS, MAX_AGE_MS)
    this.#entries = new LRUCache({ max: options.max })
  }

  readonly #maxAgeMs: number

  /**
   * The value for `key` as of `state`, loaded at most once per key and version at a time.
   * While a change is under way it is loaded for this caller alone and not kept.
   */
  async get(key: string, state: EpochState, load: () => Promise<T>): Promise<T> {
    if (!state.cacheable) {
      this.#entries.delete(key)
      this.#flights.delete(key)
      return load()
    }
    const entry = this.#entries.get(key)
    if (entry?.version === state.version && entry.diesAt > performance.now()) return entry.value
    const flight = this.#flights.get(key)
    if (flight?.version === state.version) return flight.value
    return this.#load(key, state, load)
  }

  clear(): void {
    this.#entries.clear()
    this.#flights.clear()
  }

  async #load(key: string, state: EpochState, load: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { version: state.version, value: load() }
    this.#flights.set(key, flight)
    try {
      const value = await flight.value
      // A newer load, or a change, has come in between: then this value is for those who were waiting only.
      if (this.#flights.get(key) === flight) {
        this.#entries.set(key, { version: state.version, value, diesAt: state.readAt + this.#maxAgeMs })
      }
      return value
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
  }
}
