import { Cluster, type default as Redis } from 'ioredis'

const SCAN_COUNT = 1000

/** Calls back with all keys that begin with exactly this text, some at a time, with the node that has them. */
async function eachBatch(
  client: Redis,
  start: string,
  work: (node: Redis, keys: string[]) => Promise<void>,
): Promise<void> {
  const pattern = `${start.replace(/[\\*?[\]]/g, '\\$&')}*`
  const one: unknown = client
  const nodes = one instanceof Cluster ? one.nodes('master') : [client]
  await Promise.all(
    nodes.map(async (node) => {
      let cursor = '0'
      do {
        const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
        await work(node, keys)
        cursor = next
      } while (cursor !== '0')
    }),
  )
}

/** Removes all keys that begin with this text, but not with the other. @returns how many there were */
export async function removeKeysBelow(client: Redis, start: string, except?: string): Promise<number> {
  let removed = 0
  await eachBatch(client, start, async (node, found) => {
    const keys = except === undefined ? found : found.filter((key) => !key.startsWith(except))
    // One by one: in a cluster, keys of one node still belong to different slots.
    await Promise.all(keys.map((key) => node.unlink(key)))
    removed += keys.length
  })
  return removed
}

/** How many keys begin with this text. */
export async function countKeysBelow(client: Redis, start: string): Promise<number> {
  const found = new Set<string>()
  await eachBatch(client, start, (_node, keys) => {
    for (const key of keys) found.add(key)
    return Promise.resolve()
  })
  return found.size
}
