import { cp, mkdir, rename, rm } from 'node:fs/promises'
import lt from 'semver/functions/lt'
import { reader } from '../../infra/database'
import { appliedMigrations } from '../../infra/migrator'
import { pluginCrud } from '../crud/plugin'
import { pluginRoot } from '../folders'
import { asideOf, bringIn, discard, keepArchive, letGo, placeOf } from '../kept'
import { livePlugins } from '../live'
import { readManifest } from '../manifest'
import type { PluginRow } from '../model/plugin'
import { invalid, type Staged } from '../stage'
import { namesOfMigrations, takeBack, undoLeaving } from './take-back'

/**
 * Puts another version, higher or lower, in the place of a plugin. The one that was there is kept as an archive, and is
 * back, with the tables as it left them, where the other one cannot work.
 * @param row what is known of the other one
 * @returns path of the archive
 * @throws 400 `plugin.invalid`
 */
export async function exchangeFor(staged: Staged, row: Partial<PluginRow>): Promise<string> {
  const { name } = staged
  const before = new Set(await appliedMigrations())
  const backup = await keepArchive(name, placeOf(name))
  await bring(staged.folder, name)
  const reason = await livePlugins().plugins.exchange([name], () => tryOut(name))
  if (reason !== null) {
    await undoLeaving(name, before)
    throw invalid(reason)
  }
  const known = await pluginCrud.first(reader(), { name })
  if (known) await pluginCrud.update(reader(), known.id, row)
  await accept(name)
  return backup
}

/**
 * Here first: the other processes keep the version before as long as it lies aside.
 * @returns why the one in its place cannot work, and is out of it again; null where it can
 */
async function tryOut(name: string): Promise<string | null> {
  bringIn(name)
  const reason = await reasonAgainst(name)
  if (reason !== null) await takeBack(name)
  return reason
}

/**
 * The version in place has proved itself: every process takes it, and the one before goes; where that was the higher
 * one, so does what only its migrations did.
 */
export async function accept(name: string): Promise<void> {
  const live = livePlugins()
  if (!(await isLowered(name))) {
    await discard(asideOf(name, 'old'), name)
    return live.announce()
  }
  const keep = await namesOfMigrations(placeOf(name), name)
  await letGo(name)
  await live.announce()
  await undoLeaving(name, keep)
}

/** One whose manifest cannot be read is left for an older one. */
async function isLowered(name: string): Promise<boolean> {
  const [before, there] = await Promise.all([asideOf(name, 'old'), placeOf(name)].map(versionIn))
  return there != null && (before == null || lt(there, before))
}

const versionIn = async (folder: string): Promise<string | null> =>
  (await readManifest(folder)).manifest?.plugin.version ?? null

/** Onto the disk of the plugins first: from there it comes into its place in one step. */
export async function bring(from: string, name: string): Promise<void> {
  const to = asideOf(name, 'new')
  await mkdir(pluginRoot(), { recursive: true })
  await rm(to, { recursive: true, force: true })
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await cp(from, to, { recursive: true })
  })
}

/** Lets every process load what lies there now. @returns why it cannot work here, null where it can */
export async function reasonAgainst(name: string): Promise<string | null> {
  const live = livePlugins()
  await live.announce()
  const plugin = live.plugins.get(name)
  if (plugin && plugin.state !== 'set_aside') return null
  return plugin?.reason ?? 'it could not be loaded'
}
