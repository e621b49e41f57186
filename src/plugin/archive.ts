import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { ZipFile } from 'yazl'

/** What is made on the machine itself, and what nobody should be handed. */
const isOurs = (name: string) => !name.startsWith('.') && name !== 'node_modules' && name !== 'dist'

/** The files of a plugin, as paths below its folder in one order; links are left out. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const lists = await Promise.all(
    entries
      .filter((entry) => isOurs(entry.name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return (await filesOf(path)).map((file) => join(entry.name, file))
        return entry.isFile() ? [entry.name] : []
      }),
  )
  return lists.flat().sort()
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
