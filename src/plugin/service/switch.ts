import { env } from '../../config/env'
import { conflict } from '../../common/errors'
import type { Call } from '../../core/call'
import { pluginCrud } from '../crud/plugin'
import { livePlugins } from '../live'
import { requirementsOf } from '../manifest'
import { known } from './info'

/**
 * Switches a plugin off, or on where it is off: on this process before the answer, on the others within seconds.
 * @throws 404, 409 `plugin.required_on`, `plugin.needed`, `plugin.lacks`, `plugin.set_aside`
 */
export async function toggle(call: Call, name: string): Promise<void> {
  const plugin = known(name)
  const row = await pluginCrud.lockByName(call.db, name)
  const isOn = row?.is_enabled ?? true
  if (isOn) mayGoOff(name)
  else mayGoOn(plugin)
  const { version } = plugin.manifest?.plugin ?? { version: '0.0.0' }
  if (row) await pluginCrud.update(call.db, row.id, { is_enabled: !isOn })
  else
    await pluginCrud.create(call.db, {
      name,
      version,
      is_enabled: !isOn,
      source: 'folder',
      state: plugin.state,
    })
  call.outdates('rights')
  call.afterCommit(() => livePlugins().announce())
}

/** @throws 409 where it is required, by the installation or by another plugin that works */
export function mayGoOff(name: string): void {
  if (env.PLUGIN_REQUIRED.includes(name)) throw conflict('plugin.required_on', { name })
  const others = livePlugins().plugins.dependentsOf(name)
  if (others.length > 0) throw conflict('plugin.needed', { name, others: others.join(', ') })
}

function mayGoOn({ name, state, reason, manifest }: ReturnType<typeof known>): void {
  if (state === 'set_aside' || !manifest) throw conflict('plugin.set_aside', { name, reason: reason ?? '' })
  const { plugins } = livePlugins()
  const lacking = [...requirementsOf(manifest).keys()].filter((other) => plugins.get(other)?.state !== 'on')
  if (lacking.length > 0) throw conflict('plugin.lacks', { name, others: lacking.join(', ') })
}
