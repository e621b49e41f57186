import { env, offerSettings } from '../config/env'
import { forbidden } from '../common/errors'
import type { Module } from '../core/module'
import { logger } from '../infra/logger'
import { version } from '../utils/version'
import { Claims } from './clash'
import { loadCode, type Code } from './code'
import type { Found } from './discover'
import { requirementsOf } from './manifest'
import { inLoadOrder, type Loadable } from './order'
import type { Plugin } from './plugin'
import { putToWork } from './work'

/** The plugins of this process: which are there, which of them work, and what the others lack. */
export class Plugins {
  readonly #all = new Map<string, Plugin>()
  readonly #claims: Claims
  readonly #listeners: (() => void)[] = []
  #working: Module[]

  constructor(private readonly core: Module[]) {
    this.#claims = new Claims(core)
    this.#working = core
  }

  /** Each after what it requires; those that are set aside stand anywhere. */
  list(): Plugin[] {
    return [...this.#all.values()]
  }

  get(name: string): Plugin | null {
    return this.#all.get(name) ?? null
  }

  /** The core and every plugin that works; another array whenever that changes. */
  working(): Module[] {
    return this.#working
  }

  /** Also those that are switched off: their addresses answer that they are. */
  mounted(): Module[] {
    return [...this.core, ...this.#modules(({ state }) => state !== 'set_aside')]
  }

  /** Called after every change of what is there or works. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** @throws 403 where the module is a plugin that does not work at the moment */
  gate(module: string): void {
    const plugin = this.#all.get(module)
    if (plugin && plugin.state !== 'on') throw forbidden('plugin.disabled', { name: module })
  }

  /**
   * Loads plugins, each after what it requires: first the code of all of them, so that clashes are found before
   * anything runs, then one after the other is put to work. What goes wrong with one sets that one aside.
   */
  async load(found: Found[]): Promise<void> {
    const { sorted, faults } = inLoadOrder(found, { version, database: env.DATABASE_TYPE })
    for (const one of found) {
      const reason = faults.get(one.name)
      if (reason !== undefined) this.#setAside(one, new Error(reason))
    }
    const loaded: { found: Loadable; code: Code; ms: number }[] = []
    for (const one of sorted) {
      const result = await this.#tried(one, () => this.#loadCode(one))
      if (result) loaded.push({ found: one, code: result.value, ms: result.ms })
    }
    for (const { found: one, code, ms } of loaded) {
      const result = await this.#tried(one, () => this.#start(one, code))
      if (result) this.#welcome(one, { code, stop: result.value, ms: ms + result.ms })
    }
    this.#changed()
  }

  /** Ends the work of all of them, last ones first. */
  async stop(): Promise<void> {
    for (const plugin of [...this.#all.values()].reverse()) {
      const { stop } = plugin
      Object.assign(plugin, { stop: null })
      await stop?.().catch((err: unknown) =>
        logger.error('a plugin did not stop', { err, plugin: plugin.name }),
      )
    }
  }

  async #loadCode(found: Loadable): Promise<Code> {
    offerSettings(mapValues(found.manifest.settings ?? {}, String))
    const code = await loadCode(found)
    const clash = this.#claims.take(found.manifest, code)
    if (clash) throw new Error(clash)
    return code
  }

  async #start(found: Loadable, code: Code): Promise<() => Promise<void>> {
    for (const name of requirementsOf(found.manifest).keys()) {
      if (this.#all.get(name)?.state !== 'on') throw new Error(`it requires ${name}, which does not work`)
    }
    return putToWork(found.name, code)
  }

  async #tried<T>(found: Loadable, work: () => Promise<T>): Promise<{ value: T; ms: number } | null> {
    const began = performance.now()
    try {
      return { value: await work(), ms: Math.round(performance.now() - began) }
    } catch (error) {
      this.#claims.release(found.name)
      this.#setAside(found, error)
      return null
    }
  }

  #welcome(
    { name, folder, manifest }: Loadable,
    parts: { code: Code; stop: Plugin['stop']; ms: number },
  ): void {
    const { code, stop, ms } = parts
    this.#all.set(name, { name, folder, manifest, state: 'on', reason: null, code, load_ms: ms, stop })
  }

  #setAside({ name, folder, manifest }: Found, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const rest = { state: 'set_aside', code: null, load_ms: null, stop: null } as const
    this.#all.set(name, { name, folder, manifest, reason, ...rest })
    logger.error('a plugin is set aside', { plugin: name, reason, err: error })
  }

  #changed(): void {
    this.#working = [...this.core, ...this.#modules(({ state }) => state === 'on')]
    for (const tell of this.#listeners) tell()
  }

  #modules(which: (plugin: Plugin) => boolean): Module[] {
    return [...this.#all.values()].filter(which).flatMap(({ code }) => (code ? [code.module] : []))
  }
}

const mapValues = <T, U>(values: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
