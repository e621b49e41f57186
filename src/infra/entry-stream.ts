import type Redis from 'ioredis'

/** One entry of a stream: its id there, and what was put in. Null where it was deleted while it was pending. */
export interface StreamEntry {
  id: string
  text: string | null
}

/** Takes entries until the stream holds as many as it may, and says how many that were. */
const APPEND = `
local room = tonumber(ARGV[1]) - redis.call('XLEN', KEYS[1])
local taken = 0
for i = 2, #ARGV do
  if taken >= room then break end
  redis.call('XADD', KEYS[1], '*', 'entry', ARGV[i])
  taken = taken + 1
end
return taken`

/** Removes readers that owe nothing: the named one, and those that were not seen for a while. */
const TIDY = `
local removed = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local one = {}
  for i = 1, #fields, 2 do one[fields[i]] = fields[i + 1] end
  if one.pending == 0 and (one.name == ARGV[2] or one.idle > tonumber(ARGV[3])) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], one.name)
    removed = removed + 1
  end
end
return removed`

const GROUP = 'store'
const AN_HOUR_MS = 3_600_000

/** A bounded Redis stream whose entries are handed to one of many readers, and stay until they are forgotten. */
export class EntryStream {
  /** @param reader name of this process among the readers, unique */
  constructor(
    private readonly client: Redis,
    private readonly key: string,
    private readonly reader: string,
  ) {}

  /** Adds entries in order. @returns how many found room; the rest was not taken */
  async append(texts: string[], max: number): Promise<number> {
    return Number(await this.client.eval(APPEND, 1, this.key, max, ...texts))
  }

  /** How many wait, taken or not. */
  length(): Promise<number> {
    return this.client.xlen(this.key)
  }

  /** Entries that nobody has taken yet. */
  next(count: number): Promise<StreamEntry[]> {
    return this.#read(count, '>')
  }

  /** Entries that this reader has taken and not forgotten. */
  owed(count: number): Promise<StreamEntry[]> {
    return this.#read(count, '0')
  }

  /** Takes over entries that their reader has not forgotten for so long that it must be dead. */
  async claim(count: number, idleMs: number): Promise<StreamEntry[]> {
    const answer = await this.#withGroup(() =>
      this.client.xautoclaim(this.key, GROUP, this.reader, idleMs, '0', 'COUNT', count),
    )
    return Array.isArray(answer) ? entriesOf(answer[1]) : []
  }

  /** Removes entries that are done with. */
  async forget(entries: StreamEntry[]): Promise<void> {
    const ids = entries.map((entry) => entry.id)
    await this.client
      .multi()
      .xack(this.key, GROUP, ...ids)
      .xdel(this.key, ...ids)
      .exec()
  }

  /** Strikes this reader off the list, and those that died an hour ago or earlier. */
  async leave(): Promise<void> {
    await this.#withGroup(() => this.client.eval(TIDY, 1, this.key, GROUP, this.reader, AN_HOUR_MS))
  }

  async #read(count: number, from: '>' | '0'): Promise<StreamEntry[]> {
    const answer: unknown = await this.#withGroup(() =>
      this.client.xreadgroup('GROUP', GROUP, this.reader, 'COUNT', count, 'STREAMS', this.key, from),
    )
    const stream: unknown = Array.isArray(answer) ? answer[0] : null
    return Array.isArray(stream) ? entriesOf(stream[1]) : []
  }

  /** The group is missing at the very first start, and after somebody has emptied Redis. */
  async #withGroup<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!startsWith(error, 'NOGROUP', 'ERR no such key', 'ERR The XINFO')) throw error
      await this.#makeGroup()
      return work()
    }
  }

  async #makeGroup(): Promise<void> {
    try {
      await this.client.xgroup('CREATE', this.key, GROUP, '0', 'MKSTREAM')
    } catch (error) {
      if (!startsWith(error, 'BUSYGROUP')) throw error
    }
  }
}

const startsWith = (error: unknown, ...words: string[]) =>
  error instanceof Error && words.some((word) => error.message.startsWith(word))

/** Redis answers `[[id, [field, value, …]], …]`, with null for the fields of what is gone. */
function entriesOf(answer: unknown): StreamEntry[] {
  if (!Array.isArray(answer)) return []
  return answer.filter(Array.isArray).map((entry: unknown[]) => {
    const fields = entry[1]
    return {
      id: String(entry[0]),
      text: Array.isArray(fields) && typeof fields[1] === 'string' ? fields[1] : null,
    }
  })
}
