import { env } from '../config/env'
import { conflict } from '../common/errors'
import { version } from '../utils/version'
import { pluginCrud } from './crud/plugin'
import { findPlugins } from './folders'
import { requirementsOf } from './manifest'
import { inLoadOrder } from './order'
import type { Plugin } from './plugin'
import type { Db } from '../infra/db'

/** What has to be known of plugins to say whether one of them may be switched. */
export type Switchable = Pick<Plugin, 'name' | 'manifest' | 'state' | 'reason'>

/** Names of the plugins that work and could not do without another one. */
export const dependentsAmong = (all: Switchable[], name: string): string[] =>
  all
    .filter(({ state, manifest }) => state === 'on' && manifest && requirementsOf(manifest).has(name))
    .map((plugin) => plugin.name)

/** @throws 409 where it is required, by the installation or by another plugin that works */
export function mayGoOff(name: string, all: Switchable[]): void {
  if (env.PLUGIN_REQUIRED.includes(name)) throw conflict('plugin.required_on', { name })
  const others = dependentsAmong(all, name)
  if (others.length > 0) throw conflict('plugin.needed', { name, others: others.join(', ') })
}

/** @throws 409 where it cannot work, or something that it requires does not */
export function mayGoOn({ name, state, reason, manifest }: Switchable, all: Switchable[]): void {
  if (state === 'set_aside' || !manifest) throw conflict('plugin.set_aside', { name, reason: reason ?? '' })
  const working = new Set(all.filter((one) => one.state === 'on').map((one) => one.name))
  const lacking = [...requirementsOf(manifest).keys()].filter((other) => !working.has(other))
  if (lacking.length > 0) throw conflict('plugin.lacks', { name, others: lacking.join(', ') })
}

/**
 * The plugins as far as they can be known where none are loaded: by their folders, whether they are to work, and what
 * processes have said about these very versions.
 */
export async function foreseen(db: Db): Promise<Switchable[]> {
  const rows = new Map((await pluginCrud.all(db)).map((row) => [row.name, row]))
  const found = await findPlugins()
  const { faults } = inLoadOrder(found, { version, database: env.DATABASE_TYPE })
  return found.map(({ name, manifest }) => {
    const row = rows.get(name)
    const isSetAside = row?.state === 'set_aside' && row.version === manifest?.plugin.version
    const reason = faults.get(name) ?? (isSetAside ? row.reason : null)
    if (isSetAside || reason !== null) return { name, manifest, state: 'set_aside', reason }
    return { name, manifest, state: (row?.is_enabled ?? true) ? 'on' : 'off', reason }
  })
}
