import { env } from '../../config/env'
import { notFound } from '../../common/errors'
import type { Call } from '../../core/call'
import type { Row } from '../../infra/crud'
import { redis } from '../../infra/redis'
import { pluginCrud } from '../crud/plugin'
import { changedKey, livePlugins } from '../live'
import { requirementsOf, type Manifest } from '../manifest'
import type { PluginRow } from '../model/plugin'
import type { Plugin } from '../plugin'
import type { PluginInfo } from '../schema/plugin'

/** Every plugin that is there, also those that are set aside, by name. */
export async function list(call: Call): Promise<PluginInfo[]> {
  const rows = new Map((await pluginCrud.all(call.db)).map((row) => [row.name, row]))
  const plugins = livePlugins().plugins.list()
  return plugins
    .map((plugin) => infoOf(plugin, rows.get(plugin.name)))
    .sort((a, b) => byName(a.plugin, b.plugin))
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

/** Whether something was changed since the start. */
export const isChanged = async (): Promise<boolean> => (await redis().exists(changedKey())) === 1

/** The plugin of this name. Names come from outside: only those that were found in the folder count. @throws 404 */
export function known(name: string): Plugin {
  const plugin = livePlugins().plugins.get(name)
  if (!plugin) throw notFound('plugin.not_found')
  return plugin
}

function infoOf(plugin: Plugin, row: Row<PluginRow> | undefined): PluginInfo {
  const { name, state, reason, cost, manifest, code } = plugin
  const about = manifest?.plugin ?? unreadable
  return {
    plugin: {
      ...about,
      ...{ load_ms: cost?.load_ms ?? null, memory_bytes: cost?.memory_bytes ?? null },
      ...{ name, state, reason, icon: about.icon ?? null },
      depends_on: manifest ? [...requirementsOf(manifest).keys()] : [],
      enable: (row?.is_enabled ?? true) ? '1' : '0',
      is_required: env.PLUGIN_REQUIRED.includes(name),
      source: row?.source ?? 'folder',
      hash: row?.hash ?? null,
    },
    app: manifest?.app ?? { router: ['v1'] },
    ...(manifest?.api && { api: manifest.api }),
    ...(settingsOf(manifest, code) ?? {}),
  }
}

/** A plugin whose manifest cannot be read is shown all the same, or nobody would look for the reason. */
const unreadable = {
  summary: 'plugin.json cannot be read',
  version: '0.0.0',
  description: 'plugin.json cannot be read',
  author: '-',
  tags: ['other'],
  database: ['sqlite', 'mysql', 'postgresql'],
  icon: null,
}

/** Defaults only: what is set in the environment may be a secret. */
function settingsOf(
  manifest: Manifest | null,
  code: Plugin['code'],
): { settings: Record<string, unknown> } | null {
  const settings: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(code?.module.settings?.settings ?? {}))
    if (!setting.secret) settings[key] = setting.default
  Object.assign(settings, manifest?.settings)
  return Object.keys(settings).length > 0 ? { settings } : null
}
