import { redis } from './redis'

/** A place that is not kept falls free: its holder has died. */
const SECONDS = 20

// Times are those of Redis, so that the clocks of the processes do not matter.
const CLEANED = `
local now = tonumber(redis.call('time')[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now)
local function put()
  redis.call('zadd', KEYS[1], now + ARGV[2], ARGV[1])
  redis.call('expire', KEYS[1], ARGV[2])
  return 1
end`
const TAKE = `${CLEANED}
if redis.call('zscore', KEYS[1], ARGV[1]) then return put() end
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
return put()`
const RENEW = `${CLEANED}
return put()`

/** A number of places that processes share, each held by one name at a time as long as it is renewed. */
export class Places {
  constructor(
    private readonly key: string,
    private readonly limit: number,
  ) {}

  /** @returns false when all are held by others */
  async take(holder: string): Promise<boolean> {
    return (await redis().eval(TAKE, 1, this.key, holder, SECONDS, this.limit)) === 1
  }

  /** Keeps a place; to be called every few seconds. It is taken anew where Redis has forgotten it. */
  async renew(holder: string): Promise<void> {
    await redis().eval(RENEW, 1, this.key, holder, SECONDS)
  }

  async give(holder: string): Promise<void> {
    await redis().zrem(this.key, holder)
  }
}
