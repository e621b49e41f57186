import type { Call } from '../../core/call'
import { pluginCrud } from '../crud/plugin'
import { livePlugins } from '../live'
import { mayGoOff, mayGoOn } from '../switchable'
import { known } from './info'

/**
 * Switches a plugin off, or on where it is off: on this process before the answer, on the others within seconds.
 * @throws 404, 409 `plugin.required_on`, `plugin.needed`, `plugin.lacks`, `plugin.set_aside`
 */
export async function toggle(call: Call, name: string): Promise<void> {
  const plugin = known(name)
  const row = await pluginCrud.lockByName(call.db, name)
  const isOn = row?.is_enabled ?? true
  const all = livePlugins().plugins.list()
  if (isOn) mayGoOff(name, all)
  else mayGoOn(plugin, all)
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
