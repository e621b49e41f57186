import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import gt from 'semver/functions/gt'
import satisfies from 'semver/functions/satisfies'
import { conflict } from '../../common/errors'
import { reader } from '../../infra/database'
import { pluginCrud } from '../crud/plugin'
import { asideOf, drop, placeOf } from '../kept'
import { livePlugins } from '../live'
import { requirementsOf } from '../manifest'
import { invalid, type Staged } from '../stage'
import { known } from './info'
import { noteInstall, undoInstall } from './undo-install'
import { bring, exchangeFor, reasonAgainst } from './trial'

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
  const earlier = await pluginCrud.first(reader(), { name })
  await bring(staged.folder, name)
  await noteInstall(name, earlier)
  const row = { ...rowOf(staged), is_enabled: true, state: 'off' }
  if (earlier) await pluginCrud.update(reader(), earlier.id, row)
  else await pluginCrud.create(reader(), { name, ...row })
  await rename(asideOf(name, 'new'), target)
  const reason = await reasonAgainst(name)
  if (reason === null) return drop(name, 'installing')
  await undoInstall(name)
  throw invalid(reason)
}

/**
 * Puts a newer version in the place of a plugin, with its migrations. The older one is kept as an archive; where the
 * newer one cannot work, the older is back, with the tables as it left them.
 * @returns path of the archive
 * @throws 404, 409 `plugin.not_newer`, `plugin.needed_version`, 400 `plugin.invalid`
 */
export function replace(staged: Staged): Promise<string> {
  mayBecome(staged)
  return exchangeFor(staged, rowOf(staged))
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
