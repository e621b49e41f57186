import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { ZipFile } from 'yazl'

/** The npm packages that live with a plugin. */
export const PACKAGES = 'node_modules'

type Wanted = (name: string) => boolean

/** What is made on the machine itself, and what nobody should be handed. */
const isOurs: Wanted = (name) => !name.startsWith('.') && name !== 'dist' && name !== PACKAGES
const isOursOrPackages: Wanted = (name) => isOurs(name) || name === PACKAGES
/** Nothing is left out of a package but links to its programs. */
const isOfPackages: Wanted = (name) => name !== '.bin'

/** The files that a plugin is written in, as paths below its folder in one order; links are left out. */
export const sourcesOf = async (folder: string): Promise<string[]> => (await walk(folder, isOurs)).sort()

/** The same with the packages that live with it: what travels. */
export const filesOf = async (folder: string): Promise<string[]> =>
  (await walk(folder, isOursOrPackages)).sort()

/** Every file that is there. */
export const everythingIn = async (folder: string): Promise<string[]> =>
  (await walk(folder, () => true)).sort()

async function walk(folder: string, isWanted: Wanted): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!isWanted(entry.name)) continue
    if (entry.isFile()) found.push(entry.name)
    if (!entry.isDirectory()) continue
    const files = await walk(join(folder, entry.name), entry.name === PACKAGES ? isOfPackages : isWanted)
    for (const file of files) found.push(join(entry.name, file))
  }
  return found
}

/** One moment for all files: the same content is the same archive. */
const MOMENT = new Date(Date.UTC(2020, 0, 1))

/** The folder as a zip, with the name of the plugin as the root entry. */
export async function pack(name: string, folder: string): Promise<NodeJS.ReadableStream> {
  const zip = new ZipFile()
  for (const file of await filesOf(folder)) {
    const inside = `${name}/${relative(folder, join(folder, file)).split(sep).join('/')}`
    zip.addReadStreamLazy(inside, { mtime: MOMENT }, (give) =>
      give(null, createReadStream(join(folder, file))),
    )
  }
  zip.end()
  return zip.outputStream
}
