import { cp, rename, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { badRequest, conflict } from '../../common/errors'
import type { Call } from '../../core/call'
import type { UploadedFile } from '../../core/route'
import { reader } from '../../infra/database'
import { pluginCrud } from '../crud/plugin'
import { pluginRoot } from '../folders'
import { livePlugins } from '../live'
import { mayInstall } from '../permission'
import { invalid, stageGit, stageZip, type Staged } from '../stage'
import { inTurn } from '../turn'

export interface InstallRequest {
  type: 'zip' | 'git'
  repo_url?: string | null | undefined
}

/**
 * Installs a plugin from an archive or a repository: checked in a folder apart, then put into its place, loaded, and
 * taken out again where it cannot work.
 * @throws 400, 409 or 500 with what is wrong
 */
export async function install(
  call: Call,
  { type, repo_url: url }: InstallRequest,
  file?: UploadedFile,
): Promise<void> {
  if (!mayInstall()) throw badRequest('plugin.install_dev_only')
  if (type === 'zip' && !file) throw badRequest('plugin.zip_empty')
  if (type === 'git' && !url) throw badRequest('plugin.git_empty')
  const staged = file && type === 'zip' ? await stageZip(file.path, file.name) : await stageGit(url ?? '')
  try {
    await inTurn(() => putInPlace(staged))
  } finally {
    await staged.drop()
  }
  call.log.info('a plugin was installed', { plugin: staged.name, hash: staged.hash, origin: staged.origin })
}

/** Puts what was checked into the folder of plugins and loads it. @throws 409, 400 `plugin.invalid` */
export async function putInPlace(staged: Staged): Promise<void> {
  const { name, manifest, hash, source, origin } = staged
  const live = livePlugins()
  const target = join(pluginRoot(), name)
  if (live.plugins.get(name) || existsSync(target))
    throw source === 'git' ? conflict('plugin.git_installed', { name }) : conflict('plugin.installed')
  const { version } = manifest.plugin
  const row = { name, version, is_enabled: true, source, origin, hash, state: 'off' }
  const known = await pluginCrud.first(reader(), { name })
  if (known) await pluginCrud.update(reader(), known.id, row)
  else await pluginCrud.create(reader(), row)
  await move(staged.folder, target)
  await live.announce()
  const plugin = live.plugins.get(name)
  if (plugin?.state === 'on') return
  await rm(target, { recursive: true, force: true })
  await pluginCrud.removeWhere(reader(), { name })
  await live.announce()
  throw invalid(plugin?.reason ?? 'it could not be loaded')
}

/** In one step where both folders are on one disk. */
async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await cp(from, `${to}.part`, { recursive: true })
    await rename(`${to}.part`, to)
  })
}
