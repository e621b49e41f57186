import { env } from '../config/env'
import type { Guard, Place } from '../core/guard'
import { database } from '../infra/database'
import { logger } from '../infra/logger'
import { redis } from '../infra/redis'
import { within } from '../utils/within'
import { noteFault } from './crash'
import type { Plugin } from './plugin'
import type { Plugins } from './plugins'
import { watched } from './watchdog'

/** Names whoever throws, hangs or ends the process, and keeps the rest at work. */
export class PluginGuard implements Guard {
  /** @param isFault whether an error is somebody's mistake, and not a refusal or a database that is away */
  constructor(
    private readonly plugins: Plugins,
    private readonly isFault: (error: unknown) => boolean,
  ) {}

  run<T>({ module, what, isBounded }: Place, work: () => T | Promise<T>): T | Promise<T> {
    const plugin = this.plugins.get(module)
    if (!plugin) return work()
    if (!isBounded) return entered(plugin, () => watched(module, work))
    return this.#bounded(module, what, async () => watched(module, work))
  }

  /** Nobody can say what else a fault has left undone in the plugin: it is set aside until it is loaded again. */
  takes(fault: unknown): boolean {
    const name = this.#culpritOf(fault)
    if (name === null) {
      noteFault()
      return false
    }
    logger.error('a fault that nobody caught came out of a plugin', { err: fault, plugin: name })
    this.plugins.condemn(name, `it left a fault to the process: ${wordsOf(fault)}`)
    return true
  }

  /** Refuses to let plugins end the process, or close what everybody shares. @returns what takes it back */
  keepAlive(): () => void {
    const client = redis()
    const taken = [
      ...['exit', 'abort', 'reallyExit'].map((name) => this.#refuse(process, name, `process.${name}`)),
      ...['quit', 'disconnect', 'end'].map((name) => this.#refuse(client, name, `redis().${name}`)),
      this.#refuse(database(), 'close', 'close of the database'),
    ]
    return () => taken.forEach((giveBack) => giveBack())
  }

  #refuse(target: object, name: string, what: string): () => void {
    const original: unknown = Reflect.get(target, name)
    if (typeof original !== 'function') return () => undefined
    const isOwn = Object.hasOwn(target, name)
    const refusing = (...args: unknown[]): unknown => {
      const plugin = this.#culpritOf(new Error())
      if (plugin !== null) throw new Error(`plugin ${plugin} calls ${what}`)
      return Reflect.apply(original, target, args)
    }
    Reflect.set(target, name, refusing)
    return () => {
      if (Reflect.get(target, name) !== refusing) return
      if (isOwn) Reflect.set(target, name, original)
      else Reflect.deleteProperty(target, name)
    }
  }

  async #bounded<T>(name: string, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await within(env.PLUGIN_ANSWER_SECONDS * 1000, work(), 'it did not come to an end')
    } catch (error) {
      if (this.isFault(error)) this.plugins.complain(name, `${what}: ${wordsOf(error)}`)
      throw error
    }
  }

  #culpritOf(fault: unknown): string | null {
    return fault instanceof Error ? this.plugins.inStack(fault.stack ?? '') : null
  }
}

/** Who ends the work of a plugin waits for its tasks as for its answers. */
async function entered<T>({ requests }: Plugin, work: () => T | Promise<T>): Promise<T> {
  const leave = requests.enter()
  try {
    return await work()
  } finally {
    leave()
  }
}

const MOST_WORDS = 500

/** What the house throws carries a key, and the sentence of the mistake as its cause. */
const messageOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message

const wordsOf = (fault: unknown): string =>
  (fault instanceof Error ? messageOf(fault) : String(fault)).slice(0, MOST_WORDS)
