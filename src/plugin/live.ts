import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { env } from '../config/env'
import { inTransaction, reader } from '../infra/database'
import { logger } from '../infra/logger'
import { hasEnded, processMark } from '../infra/process-mark'
import { connectRedis, redis } from '../infra/redis'
import { hasEndedOne } from './crash'
import { pluginCrud } from './crud/plugin'
import type { Found } from './discover'
import { sweepStaging } from './stage'
import { findPlugins } from './folders'
import { closeGaps, namesAside } from './kept'
import { requirementsOf } from './manifest'
import type { Plugin } from './plugin'
import type { Plugins } from './plugins'
import { isMyTurn } from './turn'

/**
 * How often a process looks by itself; news from the others come at once, unless Redis loses them. In development it
 * also finds what was saved, and nobody wants to wait for that.
 */
const LOOK_MS = env.ENVIRONMENT === 'dev' ? 500 : 3000
/** A process that has not looked for so long is taken for dead. */
const ALIVE_MS = 9000

/** Keeps the plugins of this process as the database and the folders say, whoever changed them. */
export class LivePlugins {
  readonly #id = `${processMark()}/${randomUUID()}`
  #turn: Promise<void> = Promise.resolve()

  /** @param only folders of plugins, where not all of PLUGIN_DIR are wanted */
  constructor(
    readonly plugins: Plugins,
    private readonly only?: string[],
  ) {}

  /** Loads everything for the first time, then watches. @returns how to stop watching */
  async start(): Promise<() => Promise<void>> {
    await redis().del(changedKey())
    await sweepStaging()
    await this.settle()
    const news = connectRedis('subscriber')
    news.on('message', () => void this.settle())
    await news.subscribe(channel())
    const timer = setInterval(() => void this.settle(), LOOK_MS)
    timer.unref()
    return async () => {
      clearInterval(timer)
      news.disconnect()
      await this.leave()
    }
  }

  /** Nobody waits any more for this process to see what is announced. */
  async leave(): Promise<void> {
    await this.#turn
    await redis().hdel(seenKey(), this.#id)
  }

  /** Tells every process, this one first, that something about plugins has changed. */
  async announce(): Promise<void> {
    await tellOthers()
    await this.settle()
  }

  /** Waits until every process that gives signs of life has brought itself in line with what was announced last. */
  async everybodyHasSeen(): Promise<void> {
    const wanted = Number(await redis().get(countKey()))
    const end = Date.now() + ALIVE_MS
    while (Date.now() < end) {
      const seen = Object.entries(await redis().hgetall(seenKey()))
      const alive = seen
        .filter(([process]) => !hasEnded(process))
        .map(([, text]) => text.split('@').map(Number))
        .filter(([, at = 0]) => at > Date.now() - ALIVE_MS)
      if (alive.every(([count = 0]) => count >= wanted)) return
      await sleep(50)
    }
  }

  /** Brings what is loaded here in line, one time after the other. Never throws. */
  settle(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#settle())
      .catch((err: unknown) => {
        logger.error('the plugins could not be looked at', { err })
      })
    return this.#turn
  }

  async #settle(): Promise<void> {
    const count = (await redis().get(countKey())) ?? '0'
    await this.#align()
    await redis().hset(seenKey(), this.#id, `${count}@${Date.now()}`)
  }

  async #align(): Promise<void> {
    const { plugins } = this
    await closeGaps()
    const rows = new Map((await pluginCrud.all(reader())).map((row) => [row.name, row]))
    const there = new Map((await findPlugins(this.only)).map((one) => [one.name, one]))
    // The row of one that has just come was written before its folder was there, perhaps after the rows were read.
    if ([...there.keys()].some((name) => !plugins.get(name)))
      for (const row of await pluginCrud.all(reader())) if (!plugins.get(row.name)) rows.set(row.name, row)
    // Looked at last: what was exchanged while the folders were read is on trial by now.
    for (const name of await namesAside('old')) if (!isMyTurn() || hasEndedOne(name)) this.#keep(name, there)
    plugins.note([...rows.keys()].filter((name) => !there.has(name)))
    const stale = staleAmong(plugins.list(), there)
    const exchanged = [...stale].filter((name) => plugins.get(name)?.state === 'on' && there.has(name))
    const isOn = (name: string) => rows.get(name)?.is_enabled ?? true
    await plugins.exchange(exchanged, () => this.#follow([...there.values()], stale, isOn))
    for (const plugin of plugins.list()) await this.#note(plugin, rows.get(plugin.name))
  }

  /** A version that another process tries out, or has ended with, is none yet: what works here goes on. */
  #keep(name: string, there: Map<string, Found>): void {
    const plugin = this.plugins.get(name)
    if (plugin) there.set(name, { ...plugin, problems: [] })
  }

  async #follow(found: Found[], stale: Set<string>, isOn: (name: string) => boolean): Promise<void> {
    const { plugins } = this
    const isNews = found.some((one) => isOther(one, plugins.get(one.name)))
    for (const { name } of plugins.list().reverse()) {
      if (stale.has(name)) await plugins.drop(name)
      else if (!isOn(name)) await plugins.switchOff(name)
    }
    // What is new may be what others were set aside for.
    if (isNews)
      for (const { name, state } of plugins.list()) if (state === 'set_aside') await plugins.drop(name)
    if (found.some(({ name }) => !plugins.get(name))) await plugins.load(found, isOn)
    for (const { name } of plugins.list()) if (isOn(name)) await plugins.switchOn(name)
  }

  async #note(
    plugin: Plugin,
    row: Awaited<ReturnType<typeof pluginCrud.all>>[number] | undefined,
  ): Promise<void> {
    const { name, state, reason, cost } = plugin
    const version = plugin.manifest?.plugin.version ?? row?.version ?? '0.0.0'
    const measured = { load_ms: cost?.load_ms ?? null, memory_bytes: cost?.memory_bytes ?? null }
    const seen = { version, state, reason, ...measured }
    if (row && row.version === version && row.state === state && row.reason === reason) return
    await inTransaction(async (db) => {
      if (row) await pluginCrud.update(db, row.id, seen)
      else if (existsSync(plugin.folder))
        await pluginCrud.meet(db, { name, is_enabled: true, source: 'folder', ...seen })
    })
  }
}

/**
 * What is other than it was, or may work by now, and what was loaded with code of that.
 * @param plugins each after what it requires
 */
function staleAmong(plugins: Plugin[], there: Map<string, Found>): Set<string> {
  const stale = new Set<string>()
  for (const plugin of plugins) {
    const needs = plugin.manifest ? [...requirementsOf(plugin.manifest).keys()] : []
    if (plugin.isPassing || isOther(plugin, there.get(plugin.name)) || needs.some((name) => stale.has(name)))
      stale.add(plugin.name)
  }
  return stale
}

type Seen = Pick<Found, 'stamp' | 'manifest'>

const isOther = (one: Seen, other: Seen | null | undefined): boolean =>
  one.stamp !== other?.stamp || one.manifest?.plugin.version !== other.manifest?.plugin.version

/** For whoever keeps no plugins and has changed the database, such as a command. */
export async function tellOthers(): Promise<void> {
  await redis().set(changedKey(), 'true')
  await redis().incr(countKey())
  await redis().publish(channel(), '')
}

export const changedKey = () => `${env.PLUGIN_REDIS_PREFIX}:changed`
const countKey = () => `${env.PLUGIN_REDIS_PREFIX}:count`
const seenKey = () => `${env.PLUGIN_REDIS_PREFIX}:seen`
const channel = () => `${env.PLUGIN_REDIS_PREFIX}:news`

let current: LivePlugins | null = null

/** Called once, where the process is put together. @returns what takes it back */
export function useLivePlugins(live: LivePlugins): () => void {
  current = live
  return () => {
    if (current === live) current = null
  }
}

/** The plugins of this process. @throws where none are kept, as in commands */
export function livePlugins(): LivePlugins {
  if (!current) throw new Error('no plugins are kept in this process')
  return current
}
