import { cache, env, type Call } from '#core'

/** Everything below it is forgotten with any change: dictionaries are read all day and edited once a month. */
const prefix = () => `${env.CACHE_DICT_REDIS_PREFIX}:`

/** The value under a key of its own, loaded where no process has it. */
export const cached = <T>(key: string, load: () => Promise<T | null>): Promise<T | null> =>
  cache.through(prefix() + key, env.CACHE_REDIS_TTL, load)

/** To be called by whatever changes a dictionary: every process reads it anew once that is committed. */
export function forget(call: Call): void {
  call.afterCommit(() => cache.dropPrefix(prefix()))
}
