import { reader } from '../../../infra/database'
import type { Db } from '../../../infra/db'
import { formatBytes } from '../../../utils/measure'
import { say } from '../../../utils/printer'
import { pluginCrud } from '../../../plugin/crud/plugin'
import { findPlugins } from '../../../plugin/folders'
import { tellOthers } from '../../../plugin/live'
import { foreseen, mayGoOff, mayGoOn } from '../../../plugin/switchable'
import { withSteward } from '../../opened'
import { misused } from '../../outcome'
import { sayJson, table } from '../../output'
import { asOperation } from '../../recorded'

/** What is in the folder, and what the processes say about it. */
export async function list({ json }: { json?: boolean }): Promise<void> {
  await withSteward(async () => {
    const rows = new Map((await pluginCrud.all(reader())).map((row) => [row.name, row]))
    const plugins = (await findPlugins()).map(({ name, manifest, problems }) => {
      const row = rows.get(name)
      const version = manifest?.plugin.version ?? '-'
      const state = problems.length > 0 ? 'set_aside' : (row?.state ?? 'new')
      const cost = { load_ms: row?.load_ms ?? null, memory_bytes: row?.memory_bytes ?? null }
      return { name, version, state, ...cost, reason: problems[0] ?? row?.reason ?? '' }
    })
    if (json) return sayJson(plugins)
    if (plugins.length === 0) return say('There is no plugin.')
    const cells = plugins.map((one) => [
      ...[one.name, one.version, one.state, one.load_ms === null ? '-' : `${one.load_ms} ms`],
      ...[one.memory_bytes === null ? '-' : formatBytes(one.memory_bytes), one.reason],
    ])
    say(table(['NAME', 'VERSION', 'STATE', 'LOADED IN', 'MEMORY', 'REASON'], cells))
  })
}

export async function setEnabled(name: string, isEnabled: boolean): Promise<void> {
  await withSteward(async () => {
    await asOperation(`plugin ${isEnabled ? 'enable' : 'disable'}`, { name }, async (call) => {
      const row = await pluginCrud.lockByName(call.db, name)
      if (row?.is_enabled !== isEnabled) await maySwitch(name, isEnabled, call.db)
      if (!row) throw misused(`There is no plugin ${name}, or no process has seen it yet.`)
      await pluginCrud.update(call.db, row.id, { is_enabled: isEnabled })
      call.outdates('rights')
      call.afterCommit(() => tellOthers())
    })
    say(`${name} is switched ${isEnabled ? 'on' : 'off'}; running processes follow within seconds.`)
  })
}

/** As over HTTP; no plugin is loaded for that, since one that ends processes can be switched off here. */
async function maySwitch(name: string, isEnabled: boolean, db: Db): Promise<void> {
  const all = await foreseen(db)
  if (!isEnabled) return mayGoOff(name, all)
  const one = all.find((plugin) => plugin.name === name)
  if (!one) throw misused(`There is no plugin ${name}.`)
  mayGoOn(one, all)
}
