import type Redis from 'ioredis'
import { readKeys } from './redis'
import { Together } from './together'
import { isTracing } from './tracing'

const shared = new WeakMap<Redis, Together<string | null>>()

function sharedOf(client: Redis): Together<string | null> {
  const known = shared.get(client)
  if (known) return known
  const made = new Together<string | null>({
    ask: async (keys) => {
      const values = await readKeys(client, keys)
      return new Map(keys.map((key, index) => [key, values[index] ?? null]))
    },
  })
  shared.set(client, made)
  return made
}

/** `readKeys` for what every request asks: requests that arrive together share one command. */
export async function readTogether(client: Redis, keys: string[]): Promise<(string | null)[]> {
  // A trace shows each request its own round trip; the nodes of a cluster are asked key by key anyway.
  if (isTracing() || client.isCluster) return readKeys(client, keys)
  const values = await sharedOf(client).read(keys)
  return values.map((value) => value ?? null)
}
