import type Redis from 'ioredis'
import { deepFreeze, LocalLevel } from './cache-local'
import { RemoteLevel } from './cache-remote'
import { connectRedis, isRedisDown, redis, type RedisLog } from './redis'

export interface CacheOptions {
  /** `CACHE_LOCAL_ENABLED`, default true. */
  localEnabled?: boolean
  /** `CACHE_LOCAL_MAXSIZE`, entries, default 100000. */
  localMaxSize?: number
  /** `CACHE_LOCAL_TTL`, seconds, default 7200. */
  localTtlSeconds?: number
  /** `CACHE_PUBSUB_CHANNEL`, default `fba:cache:invalidate`. */
  channel?: string
  log?: RedisLog
}

type Loaded<T> = Promise<T | null>

/**
 * A read-through cache in two levels: memory of this process above JSON in Redis. It is never the truth: while Redis is
 * away everything is loaded, slower and right. A dropped key is gone in Redis when `drop` returns, and in the memory of
 * every process as soon as the message reaches it; for rights, which may not wait for a message, see `epoch.ts`.
 * What a load that began before a drop brings home is not kept, in no level and no process.
 */
export class TwoLevelCache {
  readonly #local: LocalLevel
  readonly #remote: RemoteLevel
  readonly #channel: string
  readonly #flights = new Map<string, Promise<unknown>>()
  readonly #owed = new Map<string, boolean>()
  readonly #onReady = () => void this.#payOwed()
  #subscriber: Redis | undefined

  constructor(
    private readonly client: Redis,
    private readonly options: CacheOptions = {},
  ) {
    this.#local = new LocalLevel(options.localMaxSize ?? 100_000, options.localTtlSeconds ?? 7200)
    this.#channel = options.channel ?? 'fba:cache:invalidate'
    this.#remote = new RemoteLevel(client, `${this.#channel}:generation`)
  }

  /** Starts listening for what other processes drop; until then, and whenever that is interrupted, memory is not used. */
  async start(): Promise<void> {
    const subscriber = connectRedis('subscriber')
    this.#subscriber = subscriber
    subscriber.on('close', () => this.#local.close())
    subscriber.on('message', (_channel: string, text: string) => this.#onMessage(text))
    // ioredis subscribes again by itself after a reconnect; asking once more tells us when that has happened.
    subscriber.on('ready', () => {
      this.#listen(subscriber).catch((error: unknown) =>
        this.options.log?.warn('the cache hears nothing', { err: error }),
      )
    })
    this.client.on('ready', this.#onReady)
    await this.#listen(subscriber)
  }

  stop(): void {
    this.client.off('ready', this.#onReady)
    this.#subscriber?.disconnect()
    this.#local.close()
  }

  /**
   * The value under `key`, or what `load` brings, kept for `ttlSeconds` (0: without end). Concurrent callers of one
   * process share one load. `null` is not kept. The value is plain JSON data, frozen, and shared: copy it to change it.
   */
  async through<T>(key: string, ttlSeconds: number, load: () => Loaded<T>): Loaded<T> {
    const kept = this.#local.get(key)
    if (kept !== undefined) return kept as T
    const flight = this.#flights.get(key)
    if (flight) return flight as Loaded<T>
    const own = this.#fetch(key, ttlSeconds, load).finally(() => {
      if (this.#flights.get(key) === own) this.#flights.delete(key)
    })
    this.#flights.set(key, own)
    return own
  }

  /** Removes one key everywhere. Rejects while Redis is away; it is then repeated when Redis is back. */
  drop(key: string): Promise<void> {
    return this.#drop(key, false)
  }

  /** Removes all keys below a whole segment: `fba:user:2` (or `fba:user:2:`) means `fba:user:2:*`, not `fba:user:25`. */
  dropPrefix(prefix: string): Promise<void> {
    return this.#drop(prefix.endsWith(':') ? prefix : `${prefix}:`, true)
  }

  async #fetch<T>(key: string, ttlSeconds: number, load: () => Loaded<T>): Loaded<T> {
    const localGeneration = this.#local.generation
    const found = await this.#remote.read(key).catch((error: unknown) => this.#failed(key, error))
    if (found?.value !== undefined) {
      deepFreeze(found.value)
      this.#local.keep(key, found.value, ttlSeconds, localGeneration)
      return found.value as T
    }
    const loaded = await load()
    if (loaded === null || loaded === undefined) return null
    const text = JSON.stringify(loaded)
    // As it will read from the cache, so that the first caller sees what the second will.
    const value = JSON.parse(text) as T
    deepFreeze(value)
    if (found && (await this.#write(key, text, ttlSeconds, found.generation))) {
      this.#local.keep(key, value, ttlSeconds, localGeneration)
    }
    return value
  }

  async #write(key: string, text: string, ttlSeconds: number, generation: string | null): Promise<boolean> {
    const isKept = await this.#remote
      .write(key, text, ttlSeconds, generation)
      .catch((error: unknown) => this.#failed(key, error))
    return isKept ?? false
  }

  #failed(key: string, error: unknown): null {
    // The connection has already reported that it is down.
    if (!isRedisDown(error)) this.options.log?.warn('the cache could not be used', { key, err: error })
    return null
  }

  async #drop(key: string, isPrefix: boolean): Promise<void> {
    this.#forget(key, isPrefix)
    try {
      // Redis first, then the message: who hears it must not find the old value in Redis again.
      await (isPrefix ? this.#remote.removeBelow(key) : this.#remote.remove(key))
      this.#forget(key, isPrefix)
      await this.client.publish(this.#channel, JSON.stringify({ key, is_delete_prefix: isPrefix }))
      this.#owed.delete(key)
    } catch (error) {
      this.#owed.set(key, isPrefix)
      throw error
    }
  }

  async #payOwed(): Promise<void> {
    for (const [key, isPrefix] of [...this.#owed]) {
      await this.#drop(key, isPrefix).catch((error: unknown) => {
        this.options.log?.warn('a cached value could not be dropped yet', { key, err: error })
      })
    }
  }

  #forget(key: string, isPrefix: boolean): void {
    if (isPrefix) {
      this.#local.dropBelow(key)
      for (const loading of this.#flights.keys()) if (loading.startsWith(key)) this.#flights.delete(loading)
      return
    }
    this.#local.drop(key)
    this.#flights.delete(key)
  }

  async #listen(subscriber: Redis): Promise<void> {
    await subscriber.subscribe(this.#channel)
    this.#local.clear()
    if (this.options.localEnabled ?? true) this.#local.open()
  }

  #onMessage(text: string): void {
    const message = parseMessage(text)
    if (message) return this.#forget(message.key, message.is_delete_prefix)
    this.options.log?.warn('a message to drop cached values was not understood: dropping all', { text })
    this.#flights.clear()
    this.#local.clear()
  }
}

/** The cache of this process, between `startCache` and `stopCache`. */
export const cache = {
  through<T>(key: string, ttlSeconds: number, load: () => Loaded<T>): Loaded<T> {
    return current().through(key, ttlSeconds, load)
  },
  drop(key: string): Promise<void> {
    return current().drop(key)
  },
  dropPrefix(prefix: string): Promise<void> {
    return current().dropPrefix(prefix)
  },
}

let started: TwoLevelCache | undefined

export async function startCache(options: CacheOptions = {}): Promise<void> {
  if (started) throw new Error('The cache is already started in this process.')
  started = new TwoLevelCache(redis(), options)
  await started.start()
}

export function stopCache(): void {
  started?.stop()
  started = undefined
}

function current(): TwoLevelCache {
  if (!started) throw new Error('The cache is not started yet: call startCache() first.')
  return started
}

function parseMessage(text: string): { key: string; is_delete_prefix: boolean } | null {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null) return null
    const { key, is_delete_prefix }: { key?: unknown; is_delete_prefix?: unknown } = message
    return typeof key === 'string' && key ? { key, is_delete_prefix: is_delete_prefix === true } : null
  } catch {
    return null
  }
}
