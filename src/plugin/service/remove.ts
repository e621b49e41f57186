import { existsSync } from 'node:fs'
import { z } from 'zod'
import { env } from '../../config/env'
import { badRequest, conflict } from '../../common/errors'
import type { Call } from '../../core/call'
import { inTransaction, reader } from '../../infra/database'
import { beginChange } from '../../infra/epoch'
import { deleteNamed } from '../../infra/named-rows'
import { broughtBy, forgetAttempt, type Brought } from '../brought'
import { pluginCrud } from '../crud/plugin'
import { gatheredRows } from '../gathered'
import { discard, drop, keepArchive, leaveNote, placeOf, readNote } from '../kept'
import { livePlugins } from '../live'
import { REMOVED } from '../model/plugin'
import { forgetSettings } from '../setting-rows'
import { mayInstall } from '../permission'
import type { Plugin } from '../plugin'
import { inTurn } from '../turn'
import { known } from './info'
import { undo } from './take-back'

const RemoveOptions = z.object({
  /** Leaves tables and rows, so that a later installation finds everything again. */
  keepData: z.boolean(),
})
export type RemoveOptions = z.output<typeof RemoveOptions>

/**
 * Removes a plugin: switched off on every process, its tables and rows taken out, its folder kept as an archive beside.
 * @throws 400, 404, 409 where it must stay, or where what it brought could not be taken out
 */
export async function uninstall(call: Call, name: string, options: RemoveOptions): Promise<void> {
  if (!mayInstall()) throw badRequest('plugin.uninstall_dev_only')
  const backup = await removeNamed(name, options)
  call.log.info('a plugin was removed', { plugin: name, backup })
}

/** @returns path of the archive */
export function removeNamed(name: string, options: RemoveOptions): Promise<string> {
  return inTurn(async () => {
    // Whose turn it was before may have changed it, or brought somebody who needs it.
    await livePlugins().settle()
    const plugin = known(name)
    mayGo(plugin)
    return remove(plugin, options)
  })
}

export function mayGo({ name }: Plugin): void {
  if (env.PLUGIN_REQUIRED.includes(name)) throw badRequest('plugin.required', { name })
  const others = livePlugins().plugins.dependentsOf(name)
  if (others.length > 0) throw conflict('plugin.needed', { name, others: others.join(', ') })
}

/** Every step can be taken again, by another process too, should this one die over it. */
async function remove(plugin: Plugin, options: RemoveOptions): Promise<string> {
  const { name, folder } = plugin
  const live = livePlugins()
  const brought = options.keepData ? null : await broughtBy(plugin)
  await leaveNote(name, 'removing', options)
  try {
    const row = await pluginCrud.first(reader(), { name })
    if (row) await pluginCrud.update(reader(), row.id, { is_enabled: false })
    await live.announce()
    await live.everybodyHasSeen()
    if (brought) await takeOut(plugin, brought)
    const backup = await keepArchive(name, folder)
    await discard(folder, name)
    forgetAttempt(name)
    await forget(name, options)
    await live.announce()
    return backup
  } finally {
    await drop(name, 'removing')
  }
}

/** A row that stays keeps the menus hidden that stay. */
async function forget(name: string, { keepData }: RemoveOptions): Promise<void> {
  const row = keepData ? await pluginCrud.first(reader(), { name }) : null
  if (row) await pluginCrud.update(reader(), row.id, { state: REMOVED, reason: null })
  else await pluginCrud.removeWhere(reader(), { name })
}

/** Ends a removal that a process died over. */
export async function endRemoval(name: string): Promise<void> {
  const options = await readNote(name, 'removing', RemoveOptions)
  await livePlugins().settle()
  const plugin = livePlugins().plugins.get(name)
  try {
    if (options && plugin && existsSync(placeOf(name))) await remove(plugin, options)
    else if (options && !existsSync(placeOf(name))) await forget(name, options)
  } finally {
    await drop(name, 'removing')
  }
}

/** What the migrations brought goes with them; what others have tied to it goes first. */
async function takeOut({ name, manifest }: Plugin, code: Brought): Promise<void> {
  const change = await beginChange(['rights'])
  try {
    await inTransaction(async (db) => {
      for (const rows of await gatheredRows(db, { name, manifest, code })) await deleteNamed(db, rows)
    })
    await forgetSettings()
    await undo(code.migrations, name)
  } finally {
    await change.done()
  }
}
