import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type Redis from 'ioredis'
import { readKeys, redis, type RedisLog } from './redis'

/**
 * Strict invalidation of what every process keeps in memory about rights: after a change of rights is answered, no
 * process decides anything by the old ones. Pub/sub cannot promise that (a message may be late or lost), so each
 * request asks Redis, in the round trip that reads its session anyway.
 *
 * Two keys stand for each name:
 * - `fba:epoch:<name>` holds a random text that is replaced by every change. An entry is good for one text only.
 * - `fba:epoch:<name>:changing` lists the changes under way, each `token@expiry`. It is written *before* the database
 *   commit and removed after the new text is in place.
 *
 * Why nobody can see old rights, whatever dies when:
 * - While a change is marked, readers load from the database and keep nothing, so the commit in the middle is
 *   harmless. Before the mark, an entry is right; after it is gone, the text differs and the entry is not used.
 * - A load that began before the change is stored under the text its reader had seen, which no later reader asks for.
 * - Killed between commit and the new text: the mark stays for 60 s, and readers load from the database meanwhile.
 *   Then the old text counts again, but an entry lives 30 s, counted from before its load. The newest one from before
 *   the mark has died while the mark stood.
 * - A transaction that takes longer than the mark: the mark is renewed while its process lives.
 * - Redis away at `begin`: the change is refused. Away at `done`: it is tried again until it succeeds, and the mark,
 *   which nobody renews any more once it is lost, is covered by the 30 s again.
 * - Redis empty (flushed): sessions are gone with it; the text is then "none", and differs as well.
 */
const MARK_SECONDS = 60
const RENEW_MS = 20_000
const RETRY_MS = 1000

/** What a reader saw: which text of each name, and whether a change is under way. */
export interface EpochState {
  version: string
  cacheable: boolean
  /** `performance.now()` when it was read; the age of entries counts from here. */
  readAt: number
}

/** A change under way; `done` exactly once, after commit or rollback. */
export interface Change {
  /** Makes every process drop what it had. Never throws: while Redis is away it is repeated in the background. */
  done(): Promise<void>
}

/** The keys to read for some names; their values go to `parseEpochs` in the same order. */
export function epochKeys(names: string[]): string[] {
  return [...names.map(textKey), ...names.map(markKey)]
}

/** @param values of `epochKeys(names)`, as MGET returned them */
export function parseEpochs(values: (string | null)[]): EpochState {
  const texts = values.slice(0, values.length / 2)
  const marks = values.slice(values.length / 2)
  return {
    version: texts.map((text) => text ?? 'none').join(' '),
    cacheable: marks.every((mark) => mark === null),
    readAt: performance.now(),
  }
}

/** The state of some names in one round trip. */
export async function readEpochs(names: string[], client: Redis = redis()): Promise<EpochState> {
  return parseEpochs(await readKeys(client, epochKeys(names)))
}

/**
 * Announces a change; call it before the commit and do not commit when it throws.
 * @param names whose cached values the change touches
 */
export async function beginChange(names: string[], client: Redis = redis(), log?: RedisLog): Promise<Change> {
  const change = new MarkedChange([...new Set(names)], client, log)
  await change.mark()
  return change
}

// A list of "token@expiry" by the clock of Redis: a mark that a killed process left does not live on with others'.
const CLEANED = `
local now, kept = tonumber(redis.call('time')[1]), {}
for token, expiry in string.gmatch(redis.call('get', KEYS[1]) or '', '([^@,]+)@(%d+)') do
  if token ~= ARGV[1] and tonumber(expiry) > now then kept[#kept + 1] = token .. '@' .. expiry end
end`
const MARK = `${CLEANED}
kept[#kept + 1] = ARGV[1] .. '@' .. (now + ARGV[2])
redis.call('set', KEYS[1], table.concat(kept, ','), 'EX', ARGV[2])`
const UNMARK = `${CLEANED}
if #kept == 0 then redis.call('del', KEYS[1]) else redis.call('set', KEYS[1], table.concat(kept, ','), 'KEEPTTL') end`

class MarkedChange implements Change {
  readonly #token = randomUUID()
  #renewing: NodeJS.Timeout | undefined

  constructor(
    private readonly names: string[],
    private readonly client: Redis,
    private readonly log: RedisLog | undefined,
  ) {}

  async mark(): Promise<void> {
    await this.#mark()
    this.#renewing = setInterval(() => {
      this.#mark().catch((error: unknown) =>
        this.log?.warn('a mark of changed rights was not renewed', { err: error }),
      )
    }, RENEW_MS)
    this.#renewing.unref()
  }

  async done(): Promise<void> {
    try {
      await Promise.all(this.names.map((name) => this.client.set(textKey(name), randomUUID())))
      clearInterval(this.#renewing)
      await Promise.all(this.names.map((name) => this.client.eval(UNMARK, 1, markKey(name), this.#token)))
    } catch (error) {
      this.log?.warn('changed rights are not announced yet, trying again', { err: error })
      setTimeout(() => void this.done(), RETRY_MS).unref()
    }
  }

  async #mark(): Promise<void> {
    await Promise.all(
      this.names.map((name) => this.client.eval(MARK, 1, markKey(name), this.#token, MARK_SECONDS)),
    )
  }
}

function textKey(name: string): string {
  return `fba:epoch:${name}`
}

function markKey(name: string): string {
  return `fba:epoch:${name}:changing`
}
