import type Redis from 'ioredis'
import { readKeys } from './redis'
import { removeKeysBelow } from './redis-scan'

/** What Redis had: the value, undefined when none, and the generation to write under. */
export interface Found {
  value: unknown
  generation: string | null
}

// One counter for all keys: a drop anywhere costs every load under way its place in the cache, which is cheap, and
// prefixes need no bookkeeping.
const WRITE = `
if (redis.call('get', KEYS[2]) or '') ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('set', KEYS[1], ARGV[2]) else redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1`

/** The second level: JSON in Redis, shared by all processes. */
export class RemoteLevel {
  constructor(
    private readonly client: Redis,
    private readonly generationKey: string,
  ) {}

  async read(key: string): Promise<Found> {
    const [text = null, generation = null] = await readKeys(this.client, [key, this.generationKey])
    return { value: parse(text), generation }
  }

  /** @returns false, and keeps nothing, when something was dropped since `generation` was read */
  async write(key: string, text: string, ttlSeconds: number, generation: string | null): Promise<boolean> {
    if (this.client.isCluster) return this.#writeAcrossNodes(key, text, ttlSeconds, generation)
    return (
      (await this.client.eval(WRITE, 2, key, this.generationKey, generation ?? '', text, ttlSeconds)) === 1
    )
  }

  async remove(key: string): Promise<void> {
    await this.client.incr(this.generationKey)
    await this.client.unlink(key)
  }

  async removeBelow(prefix: string): Promise<void> {
    await this.client.incr(this.generationKey)
    await removeKeysBelow(this.client, prefix)
  }

  /** A script cannot touch keys of two slots: write, look again, and take it back when it came too late. */
  async #writeAcrossNodes(
    key: string,
    text: string,
    ttlSeconds: number,
    generation: string | null,
  ): Promise<boolean> {
    await (ttlSeconds > 0 ? this.client.set(key, text, 'EX', ttlSeconds) : this.client.set(key, text))
    if ((await this.client.get(this.generationKey)) === generation) return true
    await this.client.unlink(key)
    return false
  }
}

/** Something else under our key counts as nothing: it is overwritten. */
function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
