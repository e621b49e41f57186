import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type Redis from 'ioredis'
import { isDataError } from './dialect'
import { EntryStream, type StreamEntry } from './entry-stream'
import type { Logger } from './logger'
import { countQueueFailure, observeBatch, reportQueue } from './metrics'

export interface WriteBehindOptions<Raw, Entry> {
  /** Name in the metrics. */
  name: string
  /** Key of the Redis stream in which entries wait. */
  key: string
  /** Most entries that wait there; what comes when it is full is dropped and counted. */
  max: number
  /** Most entries stored at once. */
  batch: number
  /** Milliseconds until a smaller batch is stored. */
  everyMs: number
  /** Milliseconds after which a process that took entries and did not store them counts as dead. Default 30 s. */
  claimAfterMs?: number
  /** Makes plain JSON data of what was added, with an id of its own: an entry may be stored a second time. */
  prepare(raw: Raw): Entry
  /** Stores entries all or none, and leaves out those whose id is there already. */
  store(entries: Entry[]): Promise<void>
  log: Logger
}

/** What one process holds in memory while neither Redis nor the database takes it. */
const MAX_HELD = 10_000
/** Entries sent to Redis in one command. */
const MAX_SENT = 500
/** Entries wait so long for others: a command to Redis costs as much as ten entries in it. */
const GATHER_MS = 10
const LONGEST_PAUSE_MS = 30_000
const LAST_PASS_MS = 3000
const BETWEEN_COMPLAINTS_MS = 10_000

/**
 * Rows that are not worth a wait: added in microseconds, kept in Redis, and stored in batches by whichever process
 * comes first. What Redis has taken is stored in the end, whoever dies in between; while Redis is away, entries go
 * to the database directly. Nothing that fails in here reaches who added.
 */
export class WriteBehind<Raw, Entry> {
  readonly #stream: EntryStream
  readonly #claimAfterMs: number
  readonly #stopping = new AbortController()
  readonly #added: Raw[] = []
  /** Have their ids, so that trying again cannot double them. */
  #prepared: Entry[] = []
  #flushing: Promise<void> | null = null
  #consuming: Promise<void> | null = null
  #owes = true
  #failures = 0
  #claimedAt = -Infinity
  #dropped = 0
  #complainedAt = -Infinity

  constructor(
    client: Redis,
    private readonly options: WriteBehindOptions<Raw, Entry>,
  ) {
    const reader = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`
    this.#stream = new EntryStream(client, options.key, reader)
    this.#claimAfterMs = options.claimAfterMs ?? 30_000
  }

  /** How many entries this process had to drop. */
  get dropped(): number {
    return this.#dropped
  }

  add(raw: Raw): void {
    if (this.#added.length + this.#prepared.length >= MAX_HELD) return this.#drop(1)
    this.#added.push(raw)
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = null))
  }

  /** Begins to store what waits in Redis, from this process and others. */
  start(): void {
    reportQueue(this.options.name, () => this.#stream.length())
    this.#consuming ??= this.#consume()
  }

  /** Hands over what is held, and stores what waits as far as a few seconds allow; the rest waits in Redis. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([this.#flushing, this.#consuming])
    await this.#flush()
    const lost = this.#added.length + this.#prepared.length
    if (lost > 0) this.#drop(lost)
    if (this.#consuming) await this.#lastPass()
  }

  /** Whatever is added while a batch is on its way makes up the next one. */
  async #flush(): Promise<void> {
    while (this.#added.length + this.#prepared.length > 0) {
      await this.#pause(GATHER_MS)
      try {
        await this.#send()
        this.#failures = 0
      } catch (err) {
        this.#complain('entries wait in memory: neither Redis nor the database takes them', { err })
        if (this.#stopping.signal.aborted) return
        await this.#pauseAfterFailure()
      }
    }
  }

  async #send(): Promise<void> {
    if (this.#prepared.length === 0) {
      const raws = this.#added.slice(0, MAX_SENT)
      this.#prepared = raws.map((raw) => this.options.prepare(raw))
      this.#added.splice(0, raws.length)
    }
    const entries = this.#prepared
    const taken = await this.#stream
      .append(
        entries.map((entry) => JSON.stringify(entry)),
        this.options.max,
      )
      .catch(() => null)
    if (taken === null) await this.#storeThrough(entries)
    else if (taken < entries.length) this.#drop(entries.length - taken)
    this.#prepared = []
  }

  async #consume(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const isMore = await this.#round()
        this.#failures = 0
        if (!isMore) await this.#pause(this.options.everyMs)
      } catch (err) {
        this.#owes = true
        countQueueFailure(this.options.name)
        this.#complain('entries wait in Redis: they could not be stored', { err })
        await this.#pauseAfterFailure()
      }
    }
  }

  /** @returns whether there may be more at once */
  async #round(): Promise<boolean> {
    const entries = await this.#take()
    if (entries.length === 0) return false
    const started = performance.now()
    const readable = entries.filter((entry) => entry.text !== null)
    await this.#storeThrough(readable.flatMap((entry) => this.#read(entry)))
    await this.#stream.forget(entries)
    observeBatch(this.options.name, performance.now() - started)
    return entries.length >= this.options.batch || this.#owes
  }

  async #take(): Promise<StreamEntry[]> {
    const { batch } = this.options
    if (this.#owes) {
      const owed = await this.#stream.owed(batch)
      if (owed.length > 0) return owed
      this.#owes = false
    }
    if (performance.now() - this.#claimedAt > this.#claimAfterMs / 2) {
      const claimed = await this.#stream.claim(batch, this.#claimAfterMs)
      if (claimed.length > 0) return claimed
      this.#claimedAt = performance.now()
    }
    return this.#stream.next(batch)
  }

  #read(entry: StreamEntry): Entry[] {
    try {
      return [JSON.parse(entry.text ?? '') as Entry]
    } catch (err) {
      this.options.log.error('an entry could not be read', { key: this.options.key, entry: entry.text, err })
      return []
    }
  }

  /** One bad entry must not take a hundred good ones with it: they are stored one by one, and it goes to the log. */
  async #storeThrough(entries: Entry[]): Promise<void> {
    if (entries.length === 0) return
    try {
      return await this.options.store(entries)
    } catch (err) {
      if (!isDataError(err)) throw err
      if (entries.length === 1) {
        this.options.log.error('an entry could not be stored', {
          key: this.options.key,
          entry: entries[0],
          err,
        })
        return
      }
    }
    for (const entry of entries) await this.#storeThrough([entry])
  }

  async #lastPass(): Promise<void> {
    const until = performance.now() + LAST_PASS_MS
    try {
      while (performance.now() < until && (await this.#round()));
      await this.#stream.leave()
    } catch (err) {
      this.#complain('entries wait in Redis until the next start', { err })
    }
  }

  #pauseAfterFailure(): Promise<void> {
    this.#failures += 1
    return this.#pause(Math.min(250 * 2 ** this.#failures, LONGEST_PAUSE_MS))
  }

  /** Ends early when it is time to stop. */
  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined)
  }

  #drop(count: number): void {
    this.#dropped += count
    countQueueFailure(this.options.name)
    this.#complain('entries are dropped: there is no more room for them', { dropped: this.#dropped })
  }

  /** Under load the same trouble comes a thousand times a second. */
  #complain(words: string, data: Record<string, unknown>): void {
    if (performance.now() - this.#complainedAt < BETWEEN_COMPLAINTS_MS) return
    this.#complainedAt = performance.now()
    this.options.log.warn(words, { key: this.options.key, ...data })
  }
}
