import type Redis from 'ioredis'

/** What Redis says of itself: `INFO`, its command statistics, and the number of keys of our database. */
export interface RedisReport {
  /** Names as in `INFO`, values as text. */
  info: Record<string, string>
  /** Calls of each command, in the order in which Redis lists them. */
  commands: { name: string; calls: string }[]
  keys: number
}

export async function readRedisReport(client: Redis): Promise<RedisReport> {
  const [info, statistics, keys] = await Promise.all([
    client.info(),
    client.info('commandstats'),
    client.dbsize(),
  ])
  return { info: fieldsOf(info), commands: commandsOf(fieldsOf(statistics)), keys }
}

/** `name:value` lines; headings start with `#`. */
function fieldsOf(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
}

/** `cmdstat_config|get` → `calls=2,usec=…`. */
const commandsOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .filter(([key]) => key.startsWith('cmdstat_'))
    .map(([key, value]) => ({
      name: key.slice(key.lastIndexOf('_') + 1),
      calls: /calls=(\d+)/.exec(value)?.[1] ?? '0',
    }))
