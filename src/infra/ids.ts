import type Redis from 'ioredis'
import { unavailable } from '../common/errors'
import { IdMaker } from './id-maker'
import { NodeLease, type Grant } from './node-lease'
import { isRedisDown, type RedisLog } from './redis'

export { ID_EPOCH, firstIdAt, timeOfId } from './id-maker'

export interface IdsOptions {
  /** `SNOWFLAKE_REDIS_PREFIX`, default `fba:snowflake`. */
  prefix?: string
  /** `SNOWFLAKE_DATACENTER_ID` and `SNOWFLAKE_WORKER_ID`, 0..31 each; both or none. None: a free number is leased. */
  datacenterId?: number | null
  workerId?: number | null
  /** `SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS`, default 30. */
  heartbeatSeconds?: number
  /** `SNOWFLAKE_NODE_TTL_SECONDS`, default 60. */
  ttlSeconds?: number
  log?: RedisLog
}

const RETRY_MS = 1000
let source: IdSource | undefined

/**
 * Leases a node number and keeps it; `nextId` works from then on.
 * @throws Error with a sentence for the operator: settings that do not fit, or no number to be had
 */
export async function startIds(redis: Redis, options: IdsOptions = {}): Promise<void> {
  if (source) throw new Error('Ids are already started in this process.')
  const starting = new IdSource(redis, options)
  source = starting
  try {
    await starting.start()
  } catch (error) {
    source = undefined
    throw error
  }
}

/**
 * The next Snowflake id: 19 digits, later ones always larger as text and as numbers.
 * @throws AppError 503 `ids.no_lease` while there is no node number to make it with (Redis is away for longer than
 * the lease), `ids.clock_back` while the clock is more than 100 ms behind the last id
 */
export function nextId(): string {
  if (!source) throw unavailable('ids.no_lease')
  return source.maker.next()
}

/** Whether `nextId` works at the moment, for readiness. */
export function idsReady(): boolean {
  return source?.maker.isReady ?? false
}

/** Gives the node number back. */
export async function stopIds(): Promise<void> {
  const stopping = source
  source = undefined
  await stopping?.stop()
}

/** Keeps one maker supplied with a valid grant. */
class IdSource {
  readonly maker = new IdMaker(() => this.#hurry())
  readonly #lease: NodeLease
  readonly #fixed: number | undefined
  readonly #ttlMs: number
  readonly #heartbeatMs: number
  readonly #onReady = () => this.#hurry()
  #grant: Grant | null = null
  #timer: NodeJS.Timeout | undefined
  #tending: Promise<void> | undefined
  #isStopped = false

  constructor(
    private readonly redis: Redis,
    private readonly options: IdsOptions,
  ) {
    this.#fixed = fixedNode(options)
    this.#ttlMs = (options.ttlSeconds ?? 60) * 1000
    this.#heartbeatMs = (options.heartbeatSeconds ?? 30) * 1000
    if (this.#heartbeatMs >= this.#ttlMs) {
      throw new Error('SNOWFLAKE_HEARTBEAT_INTERVAL_SECONDS must be smaller than SNOWFLAKE_NODE_TTL_SECONDS.')
    }
    this.#lease = new NodeLease(redis, {
      prefix: options.prefix ?? 'fba:snowflake',
      ttlMs: this.#ttlMs,
      fixed: this.#fixed,
    })
  }

  /** A fixed number may still be held by a process that was just killed: its lease is waited out. */
  async start(): Promise<void> {
    this.#adopt(await this.#lease.acquireWithin(this.#fixed === undefined ? 0 : this.#ttlMs * 1.2))
    if (!this.#grant) throw new Error(this.#noNumber())
    this.redis.on('ready', this.#onReady)
    this.#plan(this.#heartbeatMs)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.redis.off('ready', this.#onReady)
    await this.#tending
    const grant = this.#grant
    this.#adopt(null)
    if (!grant) return
    await this.#lease.release(grant, this.maker.lastStamp).catch((error: unknown) => {
      this.options.log?.warn('the id node was not given back; it falls free by itself', { err: error })
    })
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#hurry(), delayMs)
    this.#timer.unref()
  }

  /** Renews, or leases anew, now; at most one attempt is under way. */
  #hurry(): void {
    if (this.#isStopped || this.#tending) return
    this.#tending = this.#tend()
      .then(() => this.#plan(this.#grant ? this.#heartbeatMs : RETRY_MS))
      .catch((error: unknown) => {
        if (!isRedisDown(error)) this.options.log?.warn('the id node could not be renewed', { err: error })
        this.#plan(RETRY_MS)
      })
      .finally(() => (this.#tending = undefined))
  }

  async #tend(): Promise<void> {
    if (this.#grant) this.#adopt(await this.#lease.renew(this.#grant))
    if (this.#grant || this.#isStopped) return
    this.options.log?.warn('the id node was lost, leasing another')
    this.#adopt(await this.#lease.acquire())
    if (this.#grant) return
    this.options.log?.warn(this.#noNumber())
  }

  #adopt(grant: Grant | null): void {
    this.#grant = grant
    this.maker.use(grant)
  }

  #noNumber(): string {
    if (this.#fixed === undefined)
      return 'No id node is free: 1024 processes hold one, or their clocks are ahead of this one.'
    const pair = `SNOWFLAKE_DATACENTER_ID=${this.#fixed >> 5} SNOWFLAKE_WORKER_ID=${this.#fixed & 31}`
    return `The id node ${pair} is used by another process, or was used by one whose clock is ahead. Give each process its own pair, or leave both out.`
  }
}

function fixedNode({ datacenterId, workerId }: IdsOptions): number | undefined {
  const pair = [datacenterId ?? null, workerId ?? null]
  if (pair.every((part) => part === null)) return undefined
  const [datacenter, worker] = pair.map((part) =>
    Number.isInteger(part) && Number(part) <= 31 ? Number(part) : -1,
  )
  if (datacenter === undefined || worker === undefined || datacenter < 0 || worker < 0) {
    throw new Error(
      'SNOWFLAKE_DATACENTER_ID and SNOWFLAKE_WORKER_ID are set together, each 0 to 31, or not at all.',
    )
  }
  return datacenter * 32 + worker
}
