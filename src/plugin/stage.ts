import { createHash, randomUUID } from 'node:crypto'
import { cp, lstat, mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { env } from '../config/env'
import { AppError, badRequest } from '../common/errors'
import { version } from '../utils/version'
import { everythingIn } from './archive'
import { inLoadOrder } from './order'
import { MANIFEST_FILE, readManifest, type Manifest } from './manifest'
import { missingPackages } from './packages'
import { Allowance } from './source/allowance'
import { clone, repositoryAt } from './source/git'
import { fetchPackage, packageNamed } from './source/npm'
import { untar } from './source/untar'
import { unzip } from './source/unzip'

/** A plugin that is complete and checked as far as can be without running it, in a folder of its own. */
export interface Staged {
  name: string
  manifest: Manifest
  folder: string
  /** SHA-256 of its files and their names. */
  hash: string
  source: 'zip' | 'git' | 'npm' | 'folder'
  origin: string
  /** Takes the folder away. */
  drop(): Promise<void>
}

/** How a hash is written where one is expected. */
export const HASH_PREFIX = 'sha256-'
export const HASH = /^sha256-[0-9a-f]{64}$/i

const NEEDED = [MANIFEST_FILE, 'README.md']

/**
 * @param hash what its hash must be, as `HASH`; 400 `plugin.hash` where it is another
 * @throws 400 naming what is wrong with the archive or the plugin in it
 */
export function stageZip(file: string, originalName: string, hash?: string): Promise<Staged> {
  if (!/^[A-Za-z0-9_]/.test(originalName)) throw badRequest('plugin.zip_name')
  const fill = async (parent: string) => ({ folder: await unzip(file, parent), origin: originalName })
  return staging('zip', fill, hash)
}

/** @throws 400, 500 naming what is wrong with the address, the repository or the plugin in it */
export function stageGit(address: string, hash?: string): Promise<Staged> {
  const repository = repositoryAt(address)
  const fill = async (parent: string) => {
    const folder = join(parent, repository.name)
    await clone(repository, folder)
    return { folder, origin: address }
  }
  return staging('git', fill, hash)
}

/** @throws 400, 404, 500 naming what is wrong with the package or the plugin in it */
export function stageNpm(text: string, hash?: string): Promise<Staged> {
  const wanted = packageNamed(text)
  const fill = async (parent: string) => {
    const file = join(parent, 'package.tgz')
    const origin = await fetchPackage(wanted, file)
    return { folder: await untar(file, join(parent, 'unpacked')), origin }
  }
  return staging('npm', fill, hash)
}

/** A copy of a folder. @throws 400 naming what is wrong with the plugin in it */
export function stageFolder(path: string, hash?: string): Promise<Staged> {
  const fill = async (parent: string) => {
    const folder = join(parent, 'copy')
    await count(path, 'copy', new Allowance())
    await cp(path, folder, { recursive: true, verbatimSymlinks: true, filter: isOfPlugin })
    return { folder, origin: path }
  }
  return staging('folder', fill, hash)
}

/** What git and npm leave on the machine of an author is no part of a plugin, and may hold links. */
const isOfPlugin = (path: string): boolean => !['.git', '.bin'].includes(basename(path))

async function count(path: string, name: string, allowance: Allowance): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const [from, as] = [join(path, entry.name), `${name}/${entry.name}`]
    if (!isOfPlugin(from)) continue
    if (entry.isDirectory()) await count(from, as, allowance)
    else allowance.take(as, (await lstat(from)).size)
  }
}

const STAGING = join(env.DATA_DIR, 'staging')
/** Longer than anything is staged: another process may be at it. */
const LEFT_AFTER_MS = 60 * 60 * 1000

/** Takes away what processes have left that were killed while they staged a plugin. */
export async function sweepStaging(): Promise<void> {
  for (const name of await readdir(STAGING).catch(() => [])) {
    const folder = join(STAGING, name)
    const { mtimeMs } = (await lstat(folder).catch(() => null)) ?? { mtimeMs: Infinity }
    if (Date.now() - mtimeMs > LEFT_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}

async function staging(
  source: Staged['source'],
  fill: (parent: string) => Promise<{ folder: string; origin: string }>,
  expected?: string,
): Promise<Staged> {
  const parent = join(STAGING, randomUUID())
  const drop = () => rm(parent, { recursive: true, force: true })
  await mkdir(parent, { recursive: true })
  try {
    const { folder, origin } = await fill(parent)
    const hash = await hashOf(folder)
    if (expected !== undefined && expected.toLowerCase() !== HASH_PREFIX + hash)
      throw badRequest('plugin.hash', { found: HASH_PREFIX + hash, expected })
    const manifest = await inspect(folder)
    const about = { source, origin: origin.slice(0, 512), hash }
    return { ...about, name: manifest.plugin.name, manifest, folder, drop }
  } catch (error) {
    await drop()
    throw error
  }
}

/** The folder may be called otherwise, as archives of GitHub are: it gets the name that the manifest says. */
async function inspect(folder: string): Promise<Manifest> {
  const names = new Set(await readdir(folder))
  if (NEEDED.some((name) => !names.has(name))) throw badRequest('plugin.zip_files')
  await refuseLinks(folder)
  const { manifest, problems } = await readManifest(folder)
  if (!manifest) throw invalid((problems ?? []).join('; '))
  const missing = await missingPackages(folder, manifest)
  if (missing.length > 0) throw invalid(missing.join('; '))
  const found = { name: manifest.plugin.name, folder, manifest, problems: [], stamp: '' }
  const alone = { ...manifest, requires: { ...manifest.requires, plugins: {} } }
  const about = { ...alone.plugin, depends_on: [] }
  const house = { version, database: env.DATABASE_TYPE }
  const { faults } = inLoadOrder([{ ...found, manifest: { ...alone, plugin: about } }], house)
  for (const reason of faults.values()) throw invalid(reason)
  return manifest
}

async function refuseLinks(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const state = await lstat(join(folder, name))
    if (state.isDirectory()) await refuseLinks(join(folder, name))
    else if (!state.isFile()) throw badRequest('plugin.zip_content')
  }
}

/** One text for the content of a plugin, whatever it was packed in. @param files all that are there, unless given */
export async function hashOf(folder: string, files?: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files ?? (await everythingIn(folder))) {
    const content = await readFile(join(folder, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

export const invalid = (reason: string) => new AppError('plugin.invalid', { status: 400, params: { reason } })
