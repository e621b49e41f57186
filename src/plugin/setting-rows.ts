import { env } from '../config/env'
import { cache } from '../infra/cache'
import type { Db } from '../infra/db'
import { rowsIn, type NamedRows, type Since } from '../infra/named-rows'

/** Where operators keep settings; it comes with a plugin, and may not be there. */
const TABLE = 'sys_config'

interface Stored {
  id: string
  key: string
  type: string | null
}

const switchOf = (type: string | null) => `${type}_CONFIG_STATUS`

/**
 * The settings that operators keep for a plugin: those of its names that were made since it was installed, and the
 * switches of groups in which nothing else is. Ids tell, as they grow with time: what was there before is older, and
 * what migrations bring, whenever they do, has ids from when they were written. Both stay.
 * @param names of the settings that it declares
 */
export async function settingRows(db: Db, plugin: string, names: string[]): Promise<NamedRows> {
  const own = new Set(names)
  const all = await read(db)
  const since = { column: 'id', table: 'sys_plugin', where: { name: plugin } }
  const recent = new Set((await read(db, since)).map(({ id }) => String(id)))
  const going = all.filter(({ id, key }) => own.has(key) && recent.has(String(id)))
  const left = all.filter((row) => !going.includes(row) && row.key !== switchOf(row.type))
  const emptied = new Set(
    going.map(({ type }) => type).filter((type) => !left.some((row) => row.type === type)),
  )
  const switches = all.filter(
    ({ id, key, type }) => emptied.has(type) && key === switchOf(type) && recent.has(String(id)),
  )
  return { table: TABLE, where: { id: [...going, ...switches].map(({ id }) => String(id)) } }
}

const read = (db: Db, since?: Since) => rowsIn<Stored>(db, TABLE, ['id', 'key', 'type'], since)

/** To be called when rows are gone: every process reads what is left. */
export const forgetSettings = (): Promise<void> => cache.dropPrefix(env.CACHE_CONFIG_REDIS_PREFIX)
