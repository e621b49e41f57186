import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import gt from 'semver/functions/gt'
import satisfies from 'semver/functions/satisfies'
import { conflict } from '../../common/errors'
import { reader } from '../../infra/database'
import { appliedMigrations } from '../../infra/migrator'
import { pluginCrud } from '../crud/plugin'
import { REMOVED } from '../model/plugin'
import { pluginRoot } from '../folders'
import { asideOf, bringIn, discard, keepArchive, placeOf } from '../kept'
import { livePlugins } from '../live'
import { requirementsOf } from '../manifest'
import { invalid, type Staged } from '../stage'
import { known } from './info'
import { takeBack, undoFailed } from './take-back'

/**
 * Puts a plugin that is not there yet into the folder of plugins and loads it. Where it cannot work, everything is as
 * it was before.
 * @throws 409, 400 `plugin.invalid`
 */
export async function putInPlace(staged: Staged): Promise<void> {
  const { name, source } = staged
  const target = placeOf(name)
  if (livePlugins().plugins.get(name) || existsSync(target))
    throw source === 'git' ? conflict('plugin.git_installed', { name }) : conflict('plugin.installed')
  const before = new Set(await appliedMigrations())
  const earlier = await pluginCrud.first(reader(), { name })
  const row = { ...rowOf(staged), is_enabled: true, state: 'off' }
  if (earlier) await pluginCrud.update(reader(), earlier.id, row)
  else await pluginCrud.create(reader(), { name, ...row })
  await bring(staged.folder, name)
  await rename(asideOf(name, 'new'), target)
  const reason = await reasonAgainst(name)
  if (reason === null) return
  await takeBack(name)
  await undoFailed(name, before)
  if (earlier?.state === REMOVED) await pluginCrud.update(reader(), earlier.id, { state: REMOVED })
  else await pluginCrud.removeWhere(reader(), { name })
  throw invalid(reason)
}

/**
 * Puts a newer version in the place of a plugin, with its migrations. The older one is kept as an archive; where the
 * newer one cannot work, the older is back, with the tables as it left them.
 * @returns path of the archive
 * @throws 404, 409 `plugin.not_newer`, `plugin.needed_version`, 400 `plugin.invalid`
 */
export async function replace(staged: Staged): Promise<string> {
  const { name } = staged
  mayBecome(staged)
  const before = new Set(await appliedMigrations())
  const backup = await keepArchive(name, placeOf(name))
  await bring(staged.folder, name)
  const reason = await livePlugins().plugins.exchange([name], () => tryOut(name))
  if (reason !== null) {
    await undoFailed(name, before)
    throw invalid(reason)
  }
  await discard(asideOf(name, 'old'), name)
  const row = await pluginCrud.first(reader(), { name })
  if (row) await pluginCrud.update(reader(), row.id, rowOf(staged))
  await livePlugins().announce()
  return backup
}

/**
 * Here first: the other processes keep the older version as long as it lies aside.
 * @returns why the newer one cannot work, null where it can
 */
async function tryOut(name: string): Promise<string | null> {
  bringIn(name)
  const reason = await reasonAgainst(name)
  if (reason !== null) await takeBack(name)
  return reason
}

const rowOf = ({ manifest, source, origin, hash }: Staged) => ({
  version: manifest.plugin.version,
  ...{ source, origin, hash },
})

function mayBecome(staged: Staged): void {
  const { name, manifest } = staged
  const { version } = manifest.plugin
  const there = known(name).manifest?.plugin.version ?? '0.0.0'
  if (!gt(version, there)) throw conflict('plugin.not_newer', { name, version, there })
  mustSuitOthers(staged)
}

/** Those that need it must go on. @throws 409 `plugin.needed_version` */
export function mustSuitOthers({ name, manifest }: Staged): void {
  const { version } = manifest.plugin
  for (const other of livePlugins().plugins.list()) {
    const range = other.manifest && requirementsOf(other.manifest).get(name)
    if (range && other.state === 'on' && !satisfies(version, range))
      throw conflict('plugin.needed_version', { name, version, other: other.name, range })
  }
}

/** Onto the disk of the plugins first: from there it comes into its place in one step. */
export async function bring(from: string, name: string, part: 'new' | 'old' = 'new'): Promise<void> {
  const to = asideOf(name, part)
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
