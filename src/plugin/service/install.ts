import { badRequest } from '../../common/errors'
import type { Call } from '../../core/call'
import type { UploadedFile } from '../../core/route'
import { reader } from '../../infra/database'
import { pluginCrud } from '../crud/plugin'
import { mayInstall } from '../permission'
import { stageGit, stageNpm, stageZip, type Staged } from '../stage'
import { inTurn } from '../turn'
import { known } from './info'
import { putInPlace, replace } from './place'

export interface InstallRequest {
  type: 'zip' | 'git' | 'npm'
  repo_url?: string | null | undefined
  package?: string | null | undefined
  /** What the hash must be. */
  hash?: string | undefined
}

/**
 * Installs a plugin from an archive, a repository or a package: checked in a folder apart, then put into its place,
 * loaded, and taken out again where it cannot work.
 * @throws 400, 404, 409 or 500 with what is wrong
 */
export async function install(call: Call, request: InstallRequest, file?: UploadedFile): Promise<void> {
  if (!mayInstall()) throw badRequest('plugin.install_dev_only')
  const staged = await stage(request, file)
  const { name, hash, origin } = staged
  await whileStaged(staged, () => putInPlace(staged))
  call.log.info('a plugin was installed', { plugin: name, hash, origin })
}

/** Puts a newer version in the place of a plugin. @throws as `install`, and 400 `plugin.other` for another plugin */
export async function upgrade(
  call: Call,
  name: string,
  request: InstallRequest,
  file?: UploadedFile,
): Promise<void> {
  if (!mayInstall()) throw badRequest('plugin.install_dev_only')
  known(name)
  const staged = await stage(request, file)
  const backup = await upgradeTo(name, staged)
  call.log.info('a plugin was upgraded', { plugin: name, hash: staged.hash, origin: staged.origin, backup })
}

/** @returns path of the archive of the older version */
export function upgradeTo(name: string, staged: Staged): Promise<string> {
  return whileStaged(staged, () => {
    if (staged.name !== name) throw badRequest('plugin.other', { name, other: staged.name })
    return replace(staged)
  })
}

/** Does something with what was checked, and takes away what is left of it. */
export async function whileStaged<T>(staged: Staged, work: () => Promise<T>): Promise<T> {
  try {
    return await inTurn(work)
  } finally {
    await staged.drop()
  }
}

/** Where a plugin came from, for whoever wants the newest from there; null where nobody can fetch it again. */
export async function originOf(name: string): Promise<InstallRequest | null> {
  const row = await pluginCrud.first(reader(), { name })
  if (row?.source === 'git') return { type: 'git', repo_url: row.origin }
  if (row?.source === 'npm') return { type: 'npm', package: row.origin?.replace(/(?<=.)@[^@/]*$/, '') }
  return null
}

export async function stage(request: InstallRequest, file?: UploadedFile): Promise<Staged> {
  const { type, repo_url: url, package: text, hash } = request
  if (type === 'npm') return stageNpm(text ?? '', hash)
  if (type === 'git' && !url) throw badRequest('plugin.git_empty')
  if (type === 'git') return stageGit(url ?? '', hash)
  if (!file) throw badRequest('plugin.zip_empty')
  return stageZip(file.path, file.name, hash)
}
