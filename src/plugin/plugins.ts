import { sep } from 'node:path'
import { env, offerSettings } from '../config/env'
import { forbidden, unavailable } from '../common/errors'
import type { Module } from '../core/module'
import { interruptTasks } from '../core/running-tasks'
import { isAway } from '../infra/away'
import { logger } from '../infra/logger'
import { forgetModulesIn } from '../infra/typescript-loader'
import { version } from '../utils/version'
import { Aftermath } from './aftermath'
import { Claims } from './clash'
import { loadCode, type Code } from './code'
import { measure } from './cost'
import { acquit, marked } from './crash'
import type { Found } from './discover'
import { Exchange } from './exchange'
import { requirementsOf } from './manifest'
import { inLoadOrder, type Loadable } from './order'
import type { Plugin } from './plugin'
import { dependentsAmong } from './switchable'
import { Turnstile } from './turnstile'
import { NotWanted, putToWork } from './work'

/** How long requests that are being answered by a plugin are waited for before its work ends. */
const DRAIN_MS = 10_000
/** How long its tasks then have to end that were told to. */
const INTERRUPT_MS = 2_000

/** The plugins of this process: which are there, which of them work, and what the others lack. */
export class Plugins {
  readonly #all = new Map<string, Plugin>()
  readonly #claims: Claims
  readonly #listeners: (() => void)[] = []
  readonly #aftermath = new Aftermath()
  readonly #exchange = new Exchange(() => this.#changed())
  #working: Module[]
  #absent: string[] = []

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

  /** Names of those that do not work, also of those whose folder is gone and whose rows were kept. */
  notWorking(): string[] {
    return [...this.#absent, ...this.list().flatMap(({ name, state }) => (state === 'on' ? [] : [name]))]
  }

  /** @param absent names of plugins that are known and have no folder */
  note(absent: string[]): void {
    this.#absent = absent
  }

  /** Also those that are switched off: their addresses answer that they are. */
  mounted(): Module[] {
    return [...this.core, ...this.#modules(({ state }) => state !== 'set_aside')]
  }

  /** Called after every change of what is there or works. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Lets a request in to its module. @returns how it leaves
   * @throws 403 where the module is a plugin that does not work at the moment
   */
  gate(module: string): () => void {
    const plugin = this.#all.get(module)
    if (plugin?.state !== 'on' && this.#exchange.of(module)) throw unavailable('plugin.busy')
    if (plugin && plugin.state !== 'on') throw forbidden('plugin.disabled', { name: module })
    return plugin?.requests.enter() ?? (() => {})
  }

  /** Settles when a plugin has been exchanged, or takes too long; null where it is not. */
  exchanged(name: string): Promise<void> | null {
    return this.#exchange.of(name)
  }

  /** Exchanges plugins for other versions. Who asks for one meanwhile waits, and is answered by the new one. */
  exchange<T>(names: string[], work: () => Promise<T>): Promise<T> {
    return this.#exchange.run(names, work)
  }

  /** Names of the plugins that other plugins which work could not do without. */
  dependentsOf(name: string): string[] {
    return dependentsAmong(this.list(), name)
  }

  /**
   * Loads plugins, each after what it requires: first the code of all of them, so that clashes are found before
   * anything runs, then one after the other is put to work. What goes wrong with one sets that one aside.
   * @param isOn whether a plugin is to work; one that is not is only known, so that its addresses say so
   */
  async load(found: Found[], isOn: (name: string) => boolean = () => true): Promise<void> {
    const known = this.list().flatMap((one) => ({ ...parts(one), problems: [] }))
    const fresh = found.filter(({ name }) => !this.#all.has(name))
    const house = { version, database: env.DATABASE_TYPE }
    const { sorted, faults } = inLoadOrder([...known.filter(({ manifest }) => manifest), ...fresh], house)
    for (const one of fresh) {
      const reason = faults.get(one.name)
      if (reason !== undefined) this.#setAside(one, new Error(reason))
    }
    const names = new Set(fresh.map(({ name }) => name))
    await this.#loadSorted(sorted.filter(({ name }) => names.has(name)))
    for (const { name } of sorted) if (names.has(name) && isOn(name)) await this.switchOn(name)
    this.#changed()
  }

  async #loadSorted(sorted: Loadable[]): Promise<void> {
    this.#aftermath.suspectAmong(sorted)
    for (const one of sorted) {
      const cost = measure()
      try {
        this.#aftermath.refuseCulprit(one)
        const code = await marked(one.name, () => this.#loadCode(one))
        const rest = { state: 'off', reason: null, isPassing: false, code, cost: cost(), stop: null } as const
        this.#all.set(one.name, { ...parts(one), ...rest, requests: new Turnstile() })
      } catch (error) {
        this.#setAside(one, error)
      }
    }
  }

  /** Puts a plugin to work that is loaded; one that fails is set aside. */
  async switchOn(name: string): Promise<void> {
    const plugin = this.#all.get(name)
    const code = plugin?.code
    if (!code || !plugin.manifest || plugin.state !== 'off') return
    const cost = measure(plugin.cost ?? {})
    try {
      for (const needed of requirementsOf(plugin.manifest).keys()) {
        if (this.#all.get(needed)?.state !== 'on')
          throw new Error(`it requires ${needed}, which does not work`)
      }
      const stop = await marked(name, async () => putToWork(plugin, code))
      const reason = this.#aftermath.lastWordsOf(name)
      Object.assign(plugin, { state: 'on', reason, stop, cost: cost() })
      acquit(name)
    } catch (error) {
      if (!(error instanceof NotWanted)) this.#setAside(plugin, error)
    }
    this.#changed()
  }

  /** No request is let in any more; those inside are waited for, then its work ends. Tasks that take longer run again. */
  async switchOff(name: string): Promise<void> {
    const plugin = this.#all.get(name)
    if (plugin?.state !== 'on') return
    plugin.state = 'off'
    this.#changed()
    await plugin.requests.empty(DRAIN_MS)
    if (interruptTasks(plugin.code?.module.tasks ?? [])) await plugin.requests.empty(INTERRUPT_MS)
    await this.#endOf(plugin)
  }

  /** Notes what a plugin that works has done wrong, for whoever looks. */
  complain(name: string, reason: string): void {
    const plugin = this.#all.get(name)
    if (plugin?.state !== 'on') return
    plugin.reason = reason
    logger.error('a plugin does not work as it should', { plugin: name, reason })
  }

  /** Sets a plugin aside that did harm while it worked, and those that need it, until it is loaded anew. */
  condemn(name: string, reason: string): void {
    const plugin = this.#all.get(name)
    if (plugin?.state !== 'on') return
    for (const other of this.dependentsOf(name))
      this.condemn(other, `it requires ${name}, which is set aside`)
    const { stop, requests } = plugin
    this.#setAside(plugin, new Error(reason))
    this.#changed()
    void requests.empty(DRAIN_MS).then(() => this.#end({ name, stop }))
  }

  /** The plugin in whose code a stack begins, or null. */
  inStack(stack: string): string | null {
    const places = this.list().map(({ name, folder }) => ({ name, at: stack.indexOf(folder + sep) }))
    const [first] = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)
    return first?.name ?? null
  }

  /** Forgets a plugin whose folder is gone or other than it was. */
  async drop(name: string): Promise<void> {
    const plugin = this.#all.get(name)
    if (!plugin) return
    await this.switchOff(name)
    this.#claims.release(name)
    this.#aftermath.forget(name)
    this.#all.delete(name)
    forgetModulesIn(plugin.folder)
    this.#changed()
  }

  /** Ends the work of all of them, last ones first. */
  async stop(): Promise<void> {
    for (const plugin of this.list().reverse()) await this.#endOf(plugin)
  }

  async #endOf(plugin: Plugin): Promise<void> {
    const { name, stop } = plugin
    plugin.stop = null
    plugin.reason = (await this.#end({ name, stop })) ?? plugin.reason
  }

  /** @returns what went wrong */
  async #end({ name, stop }: Pick<Plugin, 'name' | 'stop'>): Promise<string | null> {
    try {
      await stop?.()
      return null
    } catch (err) {
      logger.error('a plugin did not stop as it should', { err, plugin: name })
      return err instanceof Error ? err.message : String(err)
    }
  }

  async #loadCode(found: Loadable): Promise<Code> {
    const foreign = this.#claims.foreignSetting(found.manifest)
    if (foreign) throw new Error(foreign)
    offerSettings(textsOf(found.manifest.settings ?? {}))
    const code = await loadCode(found)
    const clash = this.#claims.take(found.manifest, code)
    if (clash) throw new Error(clash)
    return code
  }

  #setAside(found: Parts, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#claims.release(found.name)
    const rest = {
      state: 'set_aside',
      isPassing: isAway(error),
      code: null,
      cost: null,
      stop: null,
      requests: new Turnstile(),
    } as const
    this.#all.set(found.name, { ...parts(found), reason, ...rest })
    logger.error('a plugin is set aside', { plugin: found.name, reason, err: error })
  }

  #changed(): void {
    this.#working = [...this.core, ...this.#modules(({ state }) => state === 'on')]
    // Old addresses stay while a plugin is exchanged: who asks at one of them waits there.
    if (!this.#exchange.isUnderWay) for (const tell of this.#listeners) tell()
  }

  #modules(which: (plugin: Plugin) => boolean): Module[] {
    return this.list()
      .filter(which)
      .flatMap(({ code }) => (code ? [code.module] : []))
  }
}

type Parts = Pick<Plugin, 'name' | 'folder' | 'manifest' | 'stamp'>
const parts = ({ name, folder, manifest, stamp }: Parts): Parts => ({ name, folder, manifest, stamp })
const textsOf = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))
