import type Redis from 'ioredis'
import { readKeys } from './redis'
import { isTracing } from './tracing'

/** The keys that were asked for in one turn of the event loop, each once, and the one answer to all of them. */
class Turn {
  readonly #places = new Map<string, number>()
  readonly answer: Promise<(string | null)[]>

  /** The command leaves when all requests that arrived together have been looked at. */
  constructor(client: Redis, onLeave: () => void) {
    this.answer = new Promise((resolve, reject) => {
      setImmediate(() => {
        onLeave()
        readKeys(client, [...this.#places.keys()]).then(resolve, reject)
      })
    })
  }

  placeOf(key: string): number {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.#places.size)
    return this.#places.size - 1
  }
}

const turns = new WeakMap<Redis, Turn>()

/**
 * `readKeys` for what every request asks: requests that arrive in the same turn of the event loop share one command.
 * Under load, writing to the socket of Redis and reading from it costs more than the question itself. No answer is
 * older than the request: the command leaves after all who share it have asked.
 */
export async function readTogether(client: Redis, keys: string[]): Promise<(string | null)[]> {
  // A trace shows each request its own round trip; the nodes of a cluster are asked key by key anyway.
  if (isTracing() || client.isCluster) return readKeys(client, keys)
  let turn = turns.get(client)
  if (!turn) turns.set(client, (turn = new Turn(client, () => turns.delete(client))))
  const places = keys.map((key) => turn.placeOf(key))
  const values = await turn.answer
  return places.map((place) => values[place] ?? null)
}
