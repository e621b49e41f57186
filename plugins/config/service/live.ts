import { SecretBox, cache, env, logger, reader, secrets, type Call, type Row, type SettingTexts } from '#core'
import { configCrud } from '../crud/config'
import type { Config } from '../model/config'

const prefix = () => `${env.CACHE_CONFIG_REDIS_PREFIX}:`

/** The value under a key of its own, loaded where no process has it. Secrets stay sealed in it. */
export const cached = <T>(key: string, load: () => Promise<T | null>): Promise<T | null> =>
  cache.through(prefix() + key, env.CACHE_REDIS_TTL, load)

/** To be called by whatever changes a row: every process reads them anew once that is committed. */
export function forget(call: Call): void {
  call.afterCommit(() => cache.dropPrefix(prefix()))
}

export const sealingContext = (id: string) => `sys_config.value:${id}`

type Stored = Pick<Row<Config>, 'id' | 'key' | 'type' | 'value'>

const known = new WeakMap<readonly Stored[], SettingTexts>()

/** Every row of a group that is switched on, as it would stand in `.env`. The same object while nothing changes. */
export async function texts(): Promise<SettingTexts> {
  const rows = (await cached('live', () => configCrud.ofGroup(reader(), undefined))) ?? []
  const found = known.get(rows) ?? textsOf(rows)
  known.set(rows, found)
  return found
}

/** @param rows all of them: a group is off where its row `<type>_CONFIG_STATUS` says 0 */
export function textsOf(rows: readonly Stored[]): SettingTexts {
  const off = new Set(
    rows.filter(({ key, value }) => key.endsWith('_CONFIG_STATUS') && value === '0').map((row) => row.key),
  )
  const on = rows.filter(({ type }) => !off.has(`${type}_CONFIG_STATUS`))
  const texts = on.map((row) => [row.key, opened(row)] as const)
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== null))
}

/** Sealed texts that cannot be opened and of which the log has heard. */
const told = new Set<string>()

/**
 * The value of a row, be it sealed or from before its key was known as a secret. Null where it cannot be opened, as in
 * a database that came here without its data key: one lost secret must not take the other settings with it.
 */
export function opened({ id, key, value }: Pick<Stored, 'id' | 'key' | 'value'>): string | null {
  if (!SecretBox.isSealed(value)) return value
  try {
    return secrets().open(value, sealingContext(id))
  } catch (err) {
    if (!told.has(value))
      logger.error('a setting cannot be opened: it counts as unset until it is entered anew', {
        ...{ setting: key, err },
      })
    told.add(value)
    return null
  }
}
