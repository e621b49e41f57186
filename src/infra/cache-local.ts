import { LRUCache } from 'lru-cache'

/** The first level: values in the memory of this process. Only used while it hears what others drop. */
export class LocalLevel {
  readonly #entries: LRUCache<string, { value: unknown }>
  #generation = 0
  #isOpen = false

  constructor(
    max: number,
    private readonly ttlSeconds: number,
  ) {
    this.#entries = new LRUCache({ max })
  }

  /** Grows with every drop; a value fetched under an older one is not kept. */
  get generation(): number {
    return this.#generation
  }

  open(): void {
    this.#isOpen = true
  }

  close(): void {
    this.#isOpen = false
    this.clear()
  }

  clear(): void {
    this.#generation += 1
    this.#entries.clear()
  }

  get(key: string): unknown {
    return this.#entries.get(key)?.value
  }

  /** Keeps the value, unless something was dropped since `generation`. */
  keep(key: string, value: unknown, ttlSeconds: number, generation: number): void {
    if (this.#isOpen && generation === this.#generation) {
      const seconds = ttlSeconds > 0 ? Math.min(ttlSeconds, this.ttlSeconds) : this.ttlSeconds
      this.#entries.set(key, { value }, { ttl: seconds * 1000 })
    }
  }

  drop(key: string): void {
    this.#generation += 1
    this.#entries.delete(key)
  }

  dropBelow(prefix: string): void {
    this.#generation += 1
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }
}

export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(deepFreeze)
  Object.freeze(value)
}
