import { randomInt, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type Redis from 'ioredis'

/** Node numbers 0..1023: five bits of datacenter, five of worker. */
export const NODE_COUNT = 1024

export interface LeaseOptions {
  /** `SNOWFLAKE_REDIS_PREFIX`. Keys: `<prefix>:nodes:<datacenter>:<worker>` and `<prefix>:last:<datacenter>:<worker>`. */
  prefix: string
  /** How long a lease lives without renewal. */
  ttlMs: number
  /** Insist on this node instead of taking any free one. */
  fixed?: number
}

/**
 * The right to make ids with a node number, for a stretch of time. Two clocks end it, whichever is first:
 * `until` in wall time, because ids carry wall time, and `deadline` on the monotonic clock, because wall clocks are set.
 */
export interface Grant {
  node: number
  owner: string
  /** Ids must be stamped later than this (wall time, ms): an earlier owner may have used everything up to it. */
  after: number
  /** No id may be stamped later than this (wall time, ms): it is what Redis holds as used. */
  until: number
  /** `performance.now()` after which the key in Redis may have expired. */
  deadline: number
}

// ioredis keeps no type of scripts; eval with two or three lines is as fast and needs none.
const RAISE = `local last = tonumber(redis.call('get', KEYS[1]) or '0')
if tonumber(ARGV[1]) > last then redis.call('set', KEYS[1], ARGV[1]) end return last`
const EXTEND = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
/** Takes what Redis has forgotten. */
const KEEP = `local owner = redis.call('get', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/**
 * Leases node numbers in Redis. What makes ids unique is not the lease alone but the reservation beside it: before an
 * owner uses a stretch of time it writes the end of that stretch under `last`, and the next owner of the number starts
 * after it. So even an owner that was stopped for hours, or whose clock ran ahead, cannot repeat or be repeated.
 * Every script touches one key, so that this works in a cluster too.
 */
export class NodeLease {
  constructor(
    private readonly redis: Redis,
    private readonly options: LeaseOptions,
  ) {}

  /**
   * Takes a free number (from a random one on, so that processes starting together do not queue for the same).
   * @returns null when every number, or the fixed one, is taken or reserved into the future
   */
  async acquire(): Promise<Grant | null> {
    if (this.options.fixed !== undefined) return this.#claim(this.options.fixed)
    const first = randomInt(NODE_COUNT)
    for (let i = 0; i < NODE_COUNT; i++) {
      const grant = await this.#claim((first + i) % NODE_COUNT)
      if (grant) return grant
    }
    return null
  }

  /** Like `acquire`, but waits until a previous owner's lease or reservation has ended. */
  async acquireWithin(limitMs: number): Promise<Grant | null> {
    const end = performance.now() + limitMs
    for (;;) {
      const grant = await this.acquire()
      if (grant || performance.now() > end) return grant
      await sleep(Math.min(500, this.options.ttlMs / 10))
    }
  }

  /**
   * A Redis that was emptied has forgotten us, but nobody else has had the number as long as the grant is good and the
   * reservation is not beyond our own: then we keep it, and ids go on without a gap.
   * @returns null when the number is no longer ours: then it must not be used again
   */
  async renew(grant: Grant): Promise<Grant | null> {
    const stretch = this.#stretch()
    const last = await this.redis.eval(RAISE, 1, this.#key('last', grant.node), stretch.until)
    const isForgottenAtMost = Number(last) <= grant.until && performance.now() < grant.deadline
    const isOurs = await this.redis.eval(
      isForgottenAtMost ? KEEP : EXTEND,
      1,
      this.#key('nodes', grant.node),
      grant.owner,
      this.options.ttlMs,
    )
    return isOurs === 1 ? { ...grant, ...stretch } : null
  }

  /** @param lastStamp wall time of the last id made; gives the rest of the reservation back */
  async release(grant: Grant, lastStamp: number): Promise<void> {
    const isOurs = await this.redis.eval(
      EXTEND,
      1,
      this.#key('nodes', grant.node),
      grant.owner,
      this.options.ttlMs,
    )
    if (isOurs !== 1) return
    await this.redis.set(this.#key('last', grant.node), Math.max(lastStamp, grant.after))
    await this.redis.eval(RELEASE, 1, this.#key('nodes', grant.node), grant.owner)
  }

  async #claim(node: number): Promise<Grant | null> {
    const owner = `${hostname()}:${process.pid}:${randomUUID()}`
    const stretch = this.#stretch()
    if (!(await this.redis.set(this.#key('nodes', node), owner, 'PX', this.options.ttlMs, 'NX'))) return null
    const after = Number((await this.redis.get(this.#key('last', node))) ?? 0)
    const grant = { node, owner, after, ...stretch }
    if (after >= Date.now()) {
      await this.redis.eval(RELEASE, 1, this.#key('nodes', node), owner)
      return null
    }
    await this.redis.eval(RAISE, 1, this.#key('last', node), stretch.until)
    return grant
  }

  /** Measured before the request is sent, so that our clock ends before the one in Redis; the margin is for its drift. */
  #stretch(): Pick<Grant, 'until' | 'deadline'> {
    const margin = Math.min(1000, this.options.ttlMs / 10)
    return {
      until: Date.now() + this.options.ttlMs,
      deadline: performance.now() + this.options.ttlMs - margin,
    }
  }

  #key(kind: 'nodes' | 'last', node: number): string {
    return `${this.options.prefix}:${kind}:${node >> 5}:${node & 31}`
  }
}
