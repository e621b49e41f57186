import { existsSync } from 'node:fs'
import { z } from 'zod'
import { reader } from '../../infra/database'
import { appliedMigrations } from '../../infra/migrator'
import { pluginCrud } from '../crud/plugin'
import { asideOf, drop, leaveNote, placeOf, readNote } from '../kept'
import { REMOVED, type PluginRow } from '../model/plugin'
import { takeBack, undoLeaving } from './take-back'

/** What there was before an installation began. */
const Before = z.object({
  migrations: z.array(z.string()),
  /** Whether tables and rows of an earlier installation were kept. */
  was_kept: z.boolean(),
})

/** Remembers what there was, so that also another process can undo an installation; drop `installing` once it is over. */
export async function noteInstall(name: string, earlier: Pick<PluginRow, 'state'> | null): Promise<void> {
  const before: z.input<typeof Before> = {
    migrations: await appliedMigrations(),
    was_kept: earlier?.state === REMOVED,
  }
  await leaveNote(name, 'installing', before)
}

/** Takes a plugin out that was being installed, as far as it has come: everything is as it was before. */
export async function undoInstall(name: string): Promise<void> {
  const before = await readNote(name, 'installing', Before)
  if (before) {
    if (existsSync(placeOf(name))) await takeBack(name)
    if (existsSync(asideOf(name, 'leaving'))) await undoLeaving(name, new Set(before.migrations))
    const row = await pluginCrud.first(reader(), { name })
    if (row && before.was_kept)
      await pluginCrud.update(reader(), row.id, { is_enabled: false, state: REMOVED, reason: null })
    else await pluginCrud.removeWhere(reader(), { name })
  }
  await drop(name, 'new')
  await drop(name, 'installing')
}
