import { randomUUID } from 'node:crypto'
import type Redis from 'ioredis'
import { LRUCache } from 'lru-cache'
import { tooMany } from '../common/errors'
import { env } from '../config/env'
import { isRedisDown, redis } from '../infra/redis'
import { networkOf } from '../utils/internet-address'

/** So many calls of one client in any stretch of so many seconds. */
export interface RateRule {
  /** Names the count, e.g. `captcha`; rules with different names never share one. */
  name: string
  points: number
  seconds: number
}

/**
 * The moments of the calls that were let through, by the clock of Redis. A window that slides, because one that stands
 * lets twice as many through around its edge.
 */
const TAKE = `
local key, points, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zremrangebyscore', key, '-inf', now - window)
if redis.call('zcard', key) >= points then return 0 end
redis.call('zadd', key, now, ARGV[3])
redis.call('pexpire', key, window)
return 1`

/** Clients that are remembered while Redis is away; more are forgotten, the longest silent first. */
const MAX_REMEMBERED = 10_000

/** Counts calls in Redis, so that all processes count together; in memory while Redis is away. */
export class RateLimiter {
  readonly #remembered = new LRUCache<string, number[]>({ max: MAX_REMEMBERED })

  constructor(private readonly client: Redis) {}

  /**
   * Counts one call. A refused call neither counts nor makes the wait longer.
   * @param client who calls, usually the address; all of an IPv6 network are one
   * @throws AppError 429 with `Retry-After`: after that many seconds there is room again, whatever was called before
   */
  async limit(rule: RateRule, client: string): Promise<void> {
    const key = `${env.REQUEST_LIMITER_REDIS_PREFIX}:${rule.name}:${networkOf(client)}`
    if (!(await this.#take(key, rule))) throw tooMany(rule.seconds)
  }

  async #take(key: string, { points, seconds }: RateRule): Promise<boolean> {
    try {
      return (await this.client.eval(TAKE, 1, key, points, seconds * 1000, randomUUID())) === 1
    } catch (error) {
      if (!isRedisDown(error)) throw error
      return this.#takeFromMemory(key, points, seconds * 1000)
    }
  }

  #takeFromMemory(key: string, points: number, windowMs: number): boolean {
    const now = performance.now()
    const recent = (this.#remembered.get(key) ?? []).filter((moment) => moment > now - windowMs)
    const isFree = recent.length < points
    this.#remembered.set(key, isFree ? [...recent, now] : recent)
    return isFree
  }
}

const limiters = new WeakMap<Redis, RateLimiter>()

/** `RateLimiter.limit` on the Redis of this process. */
export function limit(rule: RateRule, client: string): Promise<void> {
  const connection = redis()
  const limiter = limiters.get(connection) ?? new RateLimiter(connection)
  limiters.set(connection, limiter)
  return limiter.limit(rule, client)
}
