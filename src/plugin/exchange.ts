import { within } from '../utils/within'

/** How long requests wait for a plugin that is being exchanged. */
const PATIENCE_MS = 30_000

/** Plugins that are being exchanged for other versions; who asks for one of them waits until that is over. */
export class Exchange {
  #current: { names: Set<string>; over: Promise<void> } | null = null

  /** @param ended called before anybody who waits goes on */
  constructor(private readonly ended: () => void) {}

  get isUnderWay(): boolean {
    return this.#current !== null
  }

  /** Settles when a plugin has been exchanged, or takes too long; null where it is not being exchanged. */
  of(name: string): Promise<void> | null {
    return this.#current?.names.has(name) ? this.#current.over : null
  }

  /** Exchanges plugins by some work. An exchange within another is part of that one. */
  async run<T>(names: string[], work: () => Promise<T>): Promise<T> {
    if (names.length === 0) return work()
    if (this.#current) {
      for (const name of names) this.#current.names.add(name)
      return work()
    }
    let done = (): void => {}
    const waiting = new Promise<void>((resolve) => (done = resolve))
    const over = within(PATIENCE_MS, waiting, 'it was not exchanged').catch(() => undefined)
    this.#current = { names: new Set(names), over }
    try {
      return await work()
    } finally {
      this.#current = null
      this.ended()
      done()
    }
  }
}
