import { env } from '../config/env'
import { redis } from '../infra/redis'

/**
 * Who has an open socket. Each family of sessions has a sorted set of its sockets by expiry. A process renews its
 * sockets every `ONLINE_SECONDS / 3`; those of a process that died fade away by themselves.
 */
export const ONLINE_SECONDS = 60

const keyOf = (family: string) => `${env.TOKEN_ONLINE_REDIS_PREFIX}:${family}`

const MARK = `
local now = tonumber(redis.call('time')[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now)
redis.call('zadd', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('expire', KEYS[1], ARGV[2])`

/** Says that a socket is open; again and again while it is. */
export async function markOnline(family: string, socketId: string): Promise<void> {
  await redis().eval(MARK, 1, keyOf(family), socketId, ONLINE_SECONDS)
}

/** Says that a socket was closed; the session is online for as long as it has another. */
export async function markOffline(family: string, socketId: string): Promise<void> {
  await redis().zrem(keyOf(family), socketId)
}

/** Which of these families have an open socket. */
export async function onlineAmong(families: string[]): Promise<Set<string>> {
  const found = await Promise.all(families.map((family) => redis().exists(keyOf(family))))
  return new Set(families.filter((_, at) => found[at] === 1))
}

export async function isOnline(family: string): Promise<boolean> {
  return (await redis().exists(keyOf(family))) === 1
}

/** For sessions that are over. */
export async function forgetOnline(families: string[]): Promise<void> {
  await Promise.all(families.map((family) => redis().del(keyOf(family))))
}
