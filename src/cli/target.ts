import path from 'node:path'
import { env } from '../config/env'
import { describeTarget, redisTarget } from '../infra/redis-target'

/** Where the data is, for people; never with a password. */
export function databaseTarget(): string {
  if (env.DATABASE_TYPE === 'sqlite') return `SQLite, ${path.resolve(env.DATABASE_FILE)}`
  return `${env.DATABASE_TYPE}, ${env.DATABASE_SCHEMA} at ${env.DATABASE_HOST}:${env.DATABASE_PORT} as ${env.DATABASE_USER}`
}

export function redisTargetWords(): string {
  if (!env.REDIS_HOST && !env.REDIS_URL) return `private, ${path.resolve(env.DATA_DIR, 'redis')}`
  const target = redisTarget({
    url: env.REDIS_URL,
    host: env.REDIS_HOST,
    port: env.REDIS_PORT,
    database: env.REDIS_DATABASE,
  })
  return `${describeTarget(target)}, database ${target.database}`
}
