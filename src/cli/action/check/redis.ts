import type Redis from 'ioredis'
import { bootRedisOnly } from '../../../boot'
import { env } from '../../../config/env'
import { Lifecycle } from '../../../core/lifecycle'
import { NODE_COUNT } from '../../../infra/node-lease'
import { redis } from '../../../infra/redis'
import { countKeysBelow } from '../../../infra/redis-scan'
import { redisTargetWords } from '../../target'
import { broken, messageOf, notice, ok, skipped, type Finding } from './check'

/** Everything that needs Redis. A private one is started for it, and stopped again. */
export async function redisChecks(): Promise<Finding[]> {
  const lifecycle = new Lifecycle()
  try {
    await bootRedisOnly(lifecycle)
    const client = redis()
    return [
      await server(client),
      await eviction(client),
      await persistence(client),
      await clock(client),
      await idNodes(client),
    ]
  } catch (error) {
    const advice = 'Start it, and compare REDIS_HOST, REDIS_PORT, REDIS_PASSWORD or REDIS_URL with it.'
    return [broken('Redis', `${redisTargetWords()}: ${messageOf(error)}`, advice)]
  } finally {
    await lifecycle.stop()
  }
}

const OLDEST = 6

async function server(client: Redis): Promise<Finding> {
  const version = fieldOf(await client.info('server'), 'redis_version') ?? 'unknown'
  const words = `${redisTargetWords()}, version ${version}`
  if (parseInt(version, 10) >= OLDEST) return ok('Redis', words)
  return broken('Redis', words, `Install version ${OLDEST}.2 or later.`)
}

async function eviction(client: Redis): Promise<Finding> {
  const name = 'Redis eviction'
  const policy = await configOf(client, 'maxmemory-policy')
  if (policy === null) return skipped(name, 'this server does not tell its configuration')
  if (policy === 'noeviction') return ok(name, policy)
  const advice =
    'CONFIG SET maxmemory-policy noeviction, and in redis.conf: else sessions and jobs vanish when memory is short.'
  return notice(name, policy, advice)
}

async function persistence(client: Redis): Promise<Finding> {
  const name = 'Redis persistence'
  const info = await client.info('persistence')
  if (fieldOf(info, 'aof_enabled') === '1') return ok(name, 'append-only file')
  const advice =
    'CONFIG SET appendonly yes, and in redis.conf: else a restart signs everybody out and loses waiting jobs.'
  if ((await configOf(client, 'save')) === '') return notice(name, 'nothing is kept', advice)
  return notice(name, 'snapshots only', advice)
}

const SKEW_LIMIT_MS = 2000

async function clock(client: Redis): Promise<Finding> {
  const name = 'clock of Redis'
  const [seconds = 0] = await client.time()
  const skew = Number(seconds) * 1000 - Date.now()
  if (Math.abs(skew) < SKEW_LIMIT_MS) return ok(name, 'agrees with this one')
  return notice(
    name,
    `${Math.round(skew / 1000)} s off from this machine`,
    'Set both by the same time server (NTP).',
  )
}

async function idNodes(client: Redis): Promise<Finding> {
  const name = 'id nodes'
  const taken = await countKeysBelow(client, `${env.SNOWFLAKE_REDIS_PREFIX}:nodes:`)
  const words = `${NODE_COUNT - taken} of ${NODE_COUNT} free`
  if (taken < NODE_COUNT) return ok(name, words)
  return broken(
    name,
    words,
    'Stop processes that are not needed; a number falls free a minute after its process died.',
  )
}

const fieldOf = (info: string, field: string): string | undefined =>
  new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1]

/** Null where the server is told not to answer, as managed ones are. */
async function configOf(client: Redis, name: string): Promise<string | null> {
  const answer: unknown = await client.config('GET', name).catch(() => null)
  return Array.isArray(answer) && answer.length === 2 ? String(answer[1]) : null
}
