import { logger } from '../infra/logger'
import { killedAtWork } from './at-work'
import { ENOUGH, blame, culprits, isConvicted, isLooping, lastChanged } from './crash'
import { isOnTrial } from './kept'
import type { Loadable } from './order'

/** What processes that ended before this one say about plugins. */
export class Aftermath {
  /** With these a process ended. */
  readonly #culprits = culprits()
  /** These were at work when one was killed, which may have nothing to do with them. */
  readonly #killed = killedAtWork()

  /** Where processes end by faults of nobody again and again, what was changed last is to blame. */
  suspectAmong(plugins: Loadable[]): void {
    if (!isLooping()) return
    const name = lastChanged(plugins)?.name
    if (name === undefined) return
    logger.error('processes end by faults again and again: the plugin that was changed last is set aside', {
      plugin: name,
    })
    this.#culprits.set(name, ENOUGH)
  }

  /** A version on trial gets no second chance: the one before is there. @throws a sentence for whoever may not be loaded */
  refuseCulprit({ name, manifest }: Loadable): void {
    const { version } = manifest.plugin
    const weight = this.#culprits.get(name) ?? 0
    if (weight > 0) blame(name, version, weight)
    if (isConvicted(name, version) || (weight > 0 && isOnTrial(name)))
      throw new Error(
        'a process ended with it, while it was loaded or worked: correct it, then raise its version',
      )
  }

  /** Nobody can say that it was to blame for it. @returns once, that a process was killed while it was at work */
  lastWordsOf(name: string): string | null {
    const moment = this.#killed.get(name)
    if (!moment) return null
    this.#killed.delete(name)
    logger.warn('a process was killed, or ran out of memory, while a plugin was at work', {
      ...{ plugin: name, moment },
    })
    return `a process was killed while it was at work, at ${moment.toISOString()}`
  }

  /** Another version starts with a clean slate. */
  forget(name: string): void {
    this.#culprits.delete(name)
  }
}
