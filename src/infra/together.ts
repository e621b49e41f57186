export interface TogetherOptions<V> {
  /** Reads many keys in one go; those that are nowhere may be left out of the answer. */
  ask: (keys: string[]) => Promise<ReadonlyMap<string, V>>
  /** Most keys of one question. Default: no limit. */
  most?: number
  /** Makes one more of a value that several asked for, where they could change it. Default: they share it. */
  copy?: (value: V) => V
}

/** What was asked for in one turn of the event loop, and the one answer to all of it. */
interface Turn<V> {
  /** How many asked for each key. */
  asks: Map<string, number>
  answer: Promise<ReadonlyMap<string, V>>
}

/**
 * Those who ask in the same turn of the event loop share one question. Under load the way to a server or to a thread and
 * back costs more than what is asked there. No answer is older than its question: that one leaves after all who share it
 * have asked.
 */
export class Together<V> {
  #turn: Turn<V> | undefined

  constructor(private readonly options: TogetherOptions<V>) {}

  /** The values of these keys in their order. @throws what the question failed with, like all who share it */
  async read(keys: readonly string[]): Promise<(V | undefined)[]> {
    const { asks, answer } = this.#join(keys)
    const { copy } = this.options
    const found = await answer
    return keys.map((key) => {
      const value = found.get(key)
      return copy && value !== undefined && asks.get(key) !== 1 ? copy(value) : value
    })
  }

  #join(keys: readonly string[]): Turn<V> {
    const { most = Infinity } = this.options
    let turn = this.#turn
    if (!turn || turn.asks.size + keys.length > most) turn = this.#begin()
    for (const key of keys) turn.asks.set(key, (turn.asks.get(key) ?? 0) + 1)
    return turn
  }

  #begin(): Turn<V> {
    const asks = new Map<string, number>()
    const answer = new Promise<ReadonlyMap<string, V>>((resolve, reject) => {
      setImmediate(() => {
        if (this.#turn === turn) this.#turn = undefined
        this.options.ask([...asks.keys()]).then(resolve, reject)
      })
    })
    const turn = { asks, answer }
    this.#turn = turn
    return turn
  }
}
