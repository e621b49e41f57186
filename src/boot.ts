import path from 'node:path'
import type Redis from 'ioredis'
import { env } from './config/env'
import { loadKeys } from './config/keys'
import { inOrder, type Module } from './core/module'
import type { Lifecycle } from './core/lifecycle'
import { startCache, stopCache, type CacheOptions } from './infra/cache'
import { addModels, closeDatabase, database, openDatabase } from './infra/database'
import { initWords } from './infra/i18n'
import { startIds, stopIds, type IdsOptions } from './infra/ids'
import { closeLogger, logger } from './infra/logger'
import { startMetrics, stopMetrics } from './infra/metrics'
import { migrateUp, migrationsIn, pendingMigrations, type Migration } from './infra/migrator'
import { closeRedis, openRedis, redis, type RedisSettings } from './infra/redis'
import { startPrivateRedis } from './infra/redis-server'
import { initSecrets } from './security/secret-store'
import { startTracing, stopTracing, traceDatabase, traceRedis } from './infra/tracing'
import { initTokens } from './security/token'

/** The compiled tree lies one folder deeper than the sources. */
export const ROOT =
  path.basename(path.resolve(__dirname, '..')) === 'dist'
    ? path.resolve(__dirname, '../..')
    : path.resolve(__dirname, '..')

/** Core migrations; a module adds its own folder. */
export const coreMigrations = (): Promise<Migration[]> =>
  migrationsIn(path.resolve(__dirname, '../migrations'), 'core')

/** Opens what every process needs, in dependency order: words, keys, Redis, ids, database, tables. */
export async function boot(lifecycle: Lifecycle, modules: Module[]): Promise<void> {
  await bootShared(lifecycle)
  await bootDatabase(lifecycle, modules)
  await bootModules(lifecycle, modules)
}

/** The first part: everything but the database. */
export async function bootShared(lifecycle: Lifecycle): Promise<void> {
  lifecycle.onStop('log files', closeLogger)
  initWords()
  const keys = await loadKeys(env.DATA_DIR)
  initTokens(keys.tokenSecret, env.TOKEN_ALGORITHM)
  initSecrets(keys.dataKeys)
  await bootRedis(lifecycle)
}

/** The second part: the database as it is, and the models of its tables. */
export async function bootDatabase(lifecycle: Lifecycle, modules: Module[]): Promise<void> {
  await openDatabase()
  lifecycle.onStop('database', closeDatabase)
  addModels(modules.flatMap((m) => m.models ?? []))
}

/** The last part: tables as this version needs them, and what the modules start. */
export async function bootModules(lifecycle: Lifecycle, modules: Module[]): Promise<void> {
  await migrate()
  await bootObservation(lifecycle)
  for (const m of inOrder(modules)) {
    const stop = await m.start?.()
    if (stop) lifecycle.onStop(`module ${m.name}`, stop)
  }
}

/** Metrics and traces, each only where it is switched on. */
async function bootObservation(lifecycle: Lifecycle): Promise<void> {
  if (env.GRAFANA_METRICS_ENABLE) {
    await startMetrics()
    lifecycle.onStop('metrics', stopMetrics)
  }
  const endpoint = env.GRAFANA_OTLP_HTTP_ENDPOINT
  if (endpoint === null) return
  await startTracing({ endpoint, environment: env.ENVIRONMENT })
  traceDatabase(database())
  traceRedis(redis())
  lifecycle.onStop('tracing', stopTracing)
}

async function bootRedis(lifecycle: Lifecycle): Promise<void> {
  const client = await bootRedisOnly(lifecycle)
  await startIds(client, idSettings())
  lifecycle.onStop('id node', stopIds)
  await startCache(cacheSettings())
  lifecycle.onStop('cache', stopCache)
}

/** Redis and nothing that uses it. @throws a sentence where it cannot be reached */
export async function bootRedisOnly(lifecycle: Lifecycle): Promise<Redis> {
  let place: { path?: string } = {}
  if (!env.REDIS_HOST && !env.REDIS_URL) {
    const server = await startPrivateRedis({ dir: path.join(env.DATA_DIR, 'redis'), log: logger })
    lifecycle.onStop('private Redis', () => server.stop())
    place = { path: server.path }
  }
  const client = await openRedis({ ...redisSettings(), ...place })
  lifecycle.onStop('Redis connections', closeRedis)
  return client
}

const redisSettings = (): RedisSettings => ({
  url: env.REDIS_URL,
  host: env.REDIS_HOST,
  port: env.REDIS_PORT,
  password: env.REDIS_PASSWORD,
  database: env.REDIS_DATABASE,
  tls: { ca: env.REDIS_TLS_CA, cert: env.REDIS_TLS_CERT, key: env.REDIS_TLS_KEY },
  timeoutSeconds: env.REDIS_TIMEOUT,
  maxRetrySeconds: env.CACHE_PUBSUB_RECONNECT_DELAY,
  log: logger,
})

const idSettings = (): IdsOptions => ({
  prefix: env.SNOWFLAKE_REDIS_PREFIX,
  datacenterId: env.SNOWFLAKE_DATACENTER_ID,
  workerId: env.SNOWFLAKE_WORKER_ID,
  heartbeatSeconds: env.SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS,
  ttlSeconds: env.SNOWFLAKE_NODE_TTL_SECONDS,
  log: logger,
})

const cacheSettings = (): CacheOptions => ({
  localEnabled: env.CACHE_LOCAL_ENABLED,
  localMaxSize: env.CACHE_LOCAL_MAXSIZE,
  localTtlSeconds: env.CACHE_LOCAL_TTL,
  channel: env.CACHE_PUBSUB_CHANNEL,
  log: logger,
})

async function migrate(): Promise<void> {
  const migrations = await coreMigrations()
  if (env.DATABASE_MIGRATE_ON_START) {
    const applied = await migrateUp(migrations)
    if (applied.length > 0) logger.info('the database was brought up to date', { applied })
    return
  }
  const pending = await pendingMigrations(migrations)
  if (pending.length > 0) {
    throw new Error(
      `${pending.length} migrations are not applied (${pending.join(', ')}): run scripts/migrate up`,
    )
  }
}
