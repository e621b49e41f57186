import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import type * as Swc from '@swc/core'
import { projectRoot } from '../utils/project-root'

/**
 * Lets TypeScript in chosen folders be loaded as it is, also by the compiled program, and lets it find `#core` and its
 * like wherever the folder lies. Files are translated once; the result is kept by the hash of their content.
 */
export interface TypescriptFolders {
  /** Where translated files are kept. */
  cache: string
  /** Folders whose TypeScript is translated here and not by whatever else runs in the process. */
  covers(file: string): boolean
  /** The file behind a name like `#plugin/dict`, or null where it is none of ours. */
  find(request: string): string | null
}

type Handler = (module: { _compile(code: string, file: string): void }, file: string) => void

/** Parts of Node's own loader that have no types, and have not changed since Node 0.x. */
interface Loader {
  _extensions: Record<string, Handler | undefined>
  _resolveFilename: (
    this: unknown,
    request: string,
    parent: { filename?: string | null } | undefined,
    ...rest: unknown[]
  ) => string
}

const loader = Module as unknown as Loader
const ofSteward = createRequire(join(projectRoot, 'package.json'))

/** What the installed hooks ask; kept beside the loader, of which a process has one, unlike files of ours. */
const hooked = loader as Loader & { stewardFolders?: TypescriptFolders }

/** Call it before the first file of such a folder is loaded; calling it again changes the folders. */
export function loadTypescriptIn(folders: TypescriptFolders): void {
  const isFirst = hooked.stewardFolders === undefined
  hooked.stewardFolders = folders
  if (isFirst) install()
}

function install(): void {
  const before = loader._extensions['.ts'] ?? loader._extensions['.js']
  loader._extensions['.ts'] = (module, file) => {
    const folders = hooked.stewardFolders
    if (folders?.covers(file)) module._compile(translated(file, folders.cache), file)
    else before?.(module, file)
  }
  const resolve = loader._resolveFilename
  loader._resolveFilename = function (request, parent, ...rest) {
    const folders = hooked.stewardFolders
    const from = parent?.filename
    if (!folders || !from || !request.startsWith('#') || !folders.covers(from))
      return resolve.call(this, request, parent, ...rest)
    return folders.find(request) ?? ofSteward.resolve(request)
  }
}

let options: string | undefined

/** The same options as the tests use. */
function swcOptions(): string {
  return (options ??= readFileSync(join(projectRoot, 'swc.json'), 'utf8'))
}

function translated(file: string, cache: string): string {
  const source = readFileSync(file, 'utf8')
  const key = createHash('sha256')
    .update([process.version, swcOptions(), file, source].join('\0'))
    .digest('hex')
  const kept = join(cache, `${key}.js`)
  return readIfThere(kept) ?? keep(kept, cache, translate(source, file))
}

function translate(source: string, file: string): string {
  // Loaded with the first file that is new: it weighs more than many plugins together.
  const { transformSync } = createRequire(__filename)('@swc/core') as typeof Swc
  return transformSync(source, { ...(JSON.parse(swcOptions()) as object), filename: file, swcrc: false }).code
}

/** Processes that start together may keep the same file at once: the last one wins, whole. */
function keep(file: string, folder: string, code: string): string {
  mkdirSync(folder, { recursive: true })
  const own = `${file}.${process.pid}`
  writeFileSync(own, code)
  renameSync(own, file)
  return code
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null // not translated yet
  }
}

/** Forgets what was loaded from a folder, so that it is read anew. Without cutting the links, all of it would stay. */
export function forgetModulesIn(folder: string): void {
  const cache = ofSteward.cache
  for (const [file, gone] of Object.entries(cache)) {
    if (!file.startsWith(folder + sep) || !gone) continue
    delete cache[file]
    for (const other of Object.values(cache)) {
      if (other?.children.includes(gone)) other.children = other.children.filter((child) => child !== gone)
    }
  }
}
