import { types } from 'node:util'
import Redis, { Cluster, type RedisOptions } from 'ioredis'
import { describeTarget, redisTarget, type RedisPlace, type RedisTarget } from './redis-target'
import { tlsOptions } from './redis-tls'

/** What a connection is for; it decides how it behaves while Redis is away. */
export type RedisPurpose = 'commands' | 'subscriber' | 'blocking'

/** The two levels of the logger that connections need. */
export interface RedisLog {
  info(words: string, data?: Record<string, unknown>): void
  warn(words: string, data?: Record<string, unknown>): void
}

export interface RedisSettings extends RedisPlace {
  /** Limit for connecting and for one command, in seconds (`REDIS_TIMEOUT`). Default 5. */
  timeoutSeconds?: number
  /** Longest pause between two attempts to connect again. Default 5. */
  maxRetrySeconds?: number
  log?: RedisLog
}

export interface RedisState {
  is_connected: boolean
  /** Last error of the command connection since it was last ready; null while connected. */
  last_error: string | null
}

interface Opened {
  target: RedisTarget
  settings: RedisSettings
  commands: Redis
  lastError: string | null
}

let opened: Opened | undefined

/**
 * Opens the command connection of this process and waits until Redis answers.
 * @throws Error with a sentence for the operator when Redis cannot be reached within the time limit
 */
export async function openRedis(settings: RedisSettings): Promise<Redis> {
  if (opened) throw new Error('Redis is already open in this process.')
  const target = redisTarget(settings)
  const commands = createClient(target, settings, 'commands')
  const state: Opened = { target, settings, commands, lastError: null }
  commands.on('error', (error: Error) => (state.lastError = error.message))
  commands.on('ready', () => (state.lastError = null))
  try {
    await waitReady(commands, limitMs(settings))
  } catch (error) {
    commands.disconnect()
    throw new Error(`Redis at ${describeTarget(target)} cannot be reached: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  opened = state
  return commands
}

/** The command connection. It fails within the tick while Redis is away, so that callers can answer at once. */
export function redis(): Redis {
  if (!opened) throw new Error('Redis is not open yet: call openRedis() first.')
  return opened.commands
}

/**
 * One more connection to the same place, or to another database there; the caller disconnects it.
 * `subscriber` and `blocking` keep their commands while Redis is away and send them when it is back.
 */
export function connectRedis(purpose: RedisPurpose, database?: number): Redis {
  if (!opened) throw new Error('Redis is not open yet: call openRedis() first.')
  const { target } = opened
  // A cluster has but one database.
  const place = database === undefined || target.kind === 'cluster' ? target : { ...target, database }
  return createClient(place, opened.settings, purpose)
}

/** Number of the database in which this installation keeps its keys. */
export function redisDatabase(): number {
  if (!opened) throw new Error('Redis is not open yet: call openRedis() first.')
  return opened.target.database
}

/** Closes the command connection after the commands that are under way. */
export async function closeRedis(): Promise<void> {
  const closing = opened?.commands
  opened = undefined
  if (!closing) return
  if (closing.status === 'ready') await closing.quit().catch(() => closing.disconnect())
  else closing.disconnect()
}

export function redisState(): RedisState {
  return { is_connected: opened?.commands.status === 'ready', last_error: opened?.lastError ?? null }
}

/** Several keys in one round trip. In a cluster, where the keys live on different nodes, one GET each. */
export function readKeys(client: Redis, keys: string[]): Promise<(string | null)[]> {
  if (client.isCluster) return Promise.all(keys.map((key) => client.get(key)))
  return client.mget(keys)
}

const COMMAND_TIMED_OUT = 'Command timed out'
const DOWN_NAMES = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError'])
const DOWN_MESSAGES = [
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Connection is closed.',
  COMMAND_TIMED_OUT,
  "Cluster isn't ready and enableOfflineQueue options is false",
  'All sentinels are unreachable',
  'Socket closed unexpectedly',
  // What a server says that is there and cannot serve: starting, failing over, disk or memory full.
  ...[
    'LOADING',
    'MASTERDOWN',
    'CLUSTERDOWN',
    'READONLY',
    'TRYAGAIN',
    'MISCONF',
    'OOM',
    'NOREPLICAS',
    'UNBLOCKED',
  ],
]

/** Whether an error means "Redis cannot serve at the moment", as opposed to a mistake in a command. */
export function isRedisDown(error: unknown): boolean {
  if (!types.isNativeError(error)) return false
  return DOWN_NAMES.has(error.name) || DOWN_MESSAGES.some((start) => error.message.startsWith(start))
}

function createClient(target: RedisTarget, settings: RedisSettings, purpose: RedisPurpose): Redis {
  const client = construct(target, optionsFor(target, settings, purpose), settings)
  surviveLateErrors(client)
  if (client.isCluster) client.on('+node', surviveLateErrors)
  let isAway = false
  client.on('error', (error: Error) => {
    if (!isAway)
      settings.log?.warn('redis connection lost', { purpose, at: describeTarget(target), err: error })
    isAway = true
  })
  client.on('ready', () => {
    if (isAway) settings.log?.info('redis connection is back', { purpose, at: describeTarget(target) })
    isAway = false
  })
  if (purpose !== 'blocking' && !client.isCluster) pingRegularly(client, limitMs(settings))
  return client
}

/**
 * ioredis hears the first error of a socket only. TLS can bring a second one (the refusal of the server after our own), and
 * an error nobody hears ends the process. The first has been told, and it is the reason.
 */
function surviveLateErrors(client: Redis): void {
  const ignore = () => undefined
  const guard = () => {
    const socket: Redis['stream'] | undefined = client.stream
    if (socket !== undefined && !socket.listeners('error').includes(ignore)) socket.on('error', ignore)
  }
  client.on('error', guard).on('connect', guard)
}

/**
 * A server that is frozen or cut off says nothing, and a subscriber would wait for it for ever: cut, and connect anew.
 * Not ioredis' `socketTimeout`: its timer outlives the connection and cuts the next, healthy one.
 */
function pingRegularly(client: Redis, limit: number): void {
  const cut = () => client.disconnect(true)
  const ping = () => {
    if (client.status !== 'ready') return
    const late = setTimeout(cut, limit).unref()
    client
      .ping()
      .catch((error: Error) => error.message === COMMAND_TIMED_OUT && cut())
      .finally(() => clearTimeout(late))
  }
  const timer = setInterval(ping, limit).unref()
  client.once('end', () => clearInterval(timer))
}

function construct(target: RedisTarget, options: RedisOptions, settings: RedisSettings): Redis {
  if (target.kind === 'socket') return new Redis(target.path, options)
  const retry = retryDelay(settings)
  const tls = target.tls ? tlsOptions(settings.tls) : undefined
  if (target.kind === 'single') return new Redis({ ...options, ...target.node, tls })
  if (target.kind === 'sentinel') {
    return new Redis({
      ...options,
      sentinels: target.nodes,
      name: target.master,
      sentinelPassword: target.sentinelPassword,
      sentinelRetryStrategy: retry,
      tls,
      sentinelTLS: tls,
      enableTLSForSentinelMode: target.tls,
    })
  }
  const cluster = new Cluster(target.nodes, {
    redisOptions: { ...options, tls },
    enableOfflineQueue: options.enableOfflineQueue,
    clusterRetryStrategy: retry,
  })
  // Cluster has the commands of Redis; only the constructor and a few properties nobody here uses differ.
  return cluster as unknown as Redis
}

function optionsFor(target: RedisTarget, settings: RedisSettings, purpose: RedisPurpose): RedisOptions {
  const timeout = limitMs(settings)
  const common: RedisOptions = {
    username: target.username,
    password: target.password,
    db: target.database,
    connectTimeout: timeout,
    disconnectTimeout: 500,
    keepAlive: 30_000,
    retryStrategy: retryDelay(settings),
    // After a failover the old master refuses writes on the open connection: look for the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  }
  // Bull's blocking client and subscribers must wait for Redis however long it takes (bull refuses other values).
  if (purpose !== 'commands') return { ...common, maxRetriesPerRequest: null, enableReadyCheck: false }
  // No auto-pipelining: ioredis writes commands of one tick together anyway; measured, it only added work per command.
  return {
    ...common,
    enableOfflineQueue: false,
    // A command that was under way when the connection broke may or may not have run: the caller is told.
    maxRetriesPerRequest: 0,
    commandTimeout: timeout,
  }
}

/** For ever, with growing pauses from 50 ms up, spread so that a fleet does not come back in step. */
function retryDelay(settings: RedisSettings): (attempt: number) => number {
  const longest = (settings.maxRetrySeconds ?? 5) * 1000
  return (attempt) => {
    const pause = Math.min(50 * 2 ** Math.min(attempt, 20), longest)
    return Math.round(pause / 2 + (Math.random() * pause) / 2)
  }
}

function limitMs(settings: RedisSettings): number {
  return (settings.timeoutSeconds ?? 5) * 1000
}

function waitReady(client: Redis, limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = new Error(`no answer within ${limit / 1000} s`)
    const remember = (error: Error) => (last = error)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      client.off('error', remember)
      finish()
    }
    const timer = setTimeout(() => settle(() => reject(last)), limit)
    client.on('error', remember)
    client.once('ready', () => settle(resolve))
  })
}

function reasonOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error)
}
