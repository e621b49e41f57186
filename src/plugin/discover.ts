import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { env } from '../config/env'
import { sourcesOf } from './archive'
import { readManifest, type Manifest } from './manifest'
import { missingPackages } from './packages'

/** A folder that wants to be a plugin, before any of its code has run. */
export interface Found {
  /** Of the folder. */
  name: string
  folder: string
  manifest: Manifest | null
  /** Why it cannot be loaded. */
  problems: string[]
  /** Other whenever a file is: in development what is saved is loaded anew. Empty elsewhere. */
  stamp: string
}

const isHidden = (name: string) => name.startsWith('.') || name.startsWith('_') || name === 'node_modules'

/** The plugins in a folder, by name. A folder that is not there holds none. */
export async function discover(root: string): Promise<Found[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory() && !isHidden(entry.name))
    .map(({ name }) => name)
  return Promise.all(names.sort().map((name) => lookAt(join(root, name))))
}

/** One folder. */
export async function lookAt(folder: string): Promise<Found> {
  const name = basename(folder)
  const { manifest = null, problems = [] } = await readManifest(folder)
  const stamp = env.ENVIRONMENT === 'dev' ? await stampOf(folder) : ''
  if (manifest && manifest.plugin.name !== name) {
    const wrong = `plugin.name: is "${manifest.plugin.name}", but the folder is called "${name}": they must be equal`
    return { name, folder, manifest: null, problems: [wrong], stamp }
  }
  const missing = manifest ? await missingPackages(folder, manifest) : []
  return { name, folder, manifest, problems: [...problems, ...missing], stamp }
}

async function stampOf(folder: string): Promise<string> {
  // A folder may be taken away while it is read: then it is other than it was.
  const files = (await sourcesOf(folder).catch(() => [])).filter((file) => !file.startsWith('tests/'))
  const states = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => null)))
  return files.map((file, at) => `${file} ${states[at]?.mtimeMs} ${states[at]?.size}`).join('\n')
}
