import type Redis from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { tooMany } from '../common/errors'
import { env } from '../config/env'
import { redis } from '../infra/redis'

/** So many calls of one client in a window that begins with its first call. */
export interface RateRule {
  /** Names the window, e.g. `captcha`; rules with different names never share one. */
  name: string
  points: number
  seconds: number
}

/** Counts calls in Redis, so that all processes share the windows; in memory while Redis is away. */
export class RateLimiter {
  readonly #limiters = new Map<string, RateLimiterRedis>()

  constructor(private readonly client: Redis) {}

  /**
   * Counts one call. A refused call neither counts nor makes the wait longer.
   * @param client who calls, usually the address
   * @throws AppError 429 with `Retry-After`, the length of the window in seconds
   */
  async limit(rule: RateRule, client: string): Promise<void> {
    try {
      await this.#limiterOf(rule).consume(client)
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? tooMany(rule.seconds) : refusal
    }
  }

  #limiterOf(rule: RateRule): RateLimiterRedis {
    const id = `${rule.name} ${rule.points} ${rule.seconds}`
    const known = this.#limiters.get(id)
    if (known) return known
    const window = {
      keyPrefix: `${env.REQUEST_LIMITER_REDIS_PREFIX}:${rule.name}`,
      points: rule.points,
      duration: rule.seconds,
    }
    const insuranceLimiter = new RateLimiterMemory(window)
    const made = new RateLimiterRedis({
      ...window,
      storeClient: this.client,
      rejectIfRedisNotReady: true,
      insuranceLimiter,
    })
    this.#limiters.set(id, made)
    return made
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
