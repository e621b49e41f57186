interface Entry<T> {
  value: Promise<T>
  since: number
}

/** Values that are fetched from elsewhere and good for a while. A failure is not remembered. */
export class Remembered<T> {
  readonly #entries = new Map<string, Entry<T>>()

  /** @param life milliseconds */
  constructor(private readonly life: number) {}

  /** @param life of the value that is there, where it must be fresher than usual */
  async get(key: string, load: () => Promise<T>, life = this.life): Promise<T> {
    const known = this.#entries.get(key)
    if (known && performance.now() - known.since < life) return known.value
    const entry = { value: load(), since: performance.now() }
    this.#entries.set(key, entry)
    try {
      return await entry.value
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      throw error
    }
  }
}
