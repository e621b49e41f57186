import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { pack } from '../../../src/plugin/archive'

export type Files = Record<string, string>

export const manifestOf = (name: string, more: Record<string, unknown> = {}) => ({
  plugin: {
    ...{ name, version: '1.0.0', summary: name, description: name, author: 'Steward', tags: ['other'] },
    ...{ database: ['sqlite', 'mysql', 'postgresql'] },
  },
  requires: { steward: '>=0.1.0' },
  ...more,
})

/** The smallest plugin that works, with some files replaced or added. */
export const filesOf = (name: string, files: Files = {}): Files => ({
  'plugin.json': JSON.stringify(manifestOf(name)),
  'README.md': `# ${name}`,
  'index.ts': `import { module } from '#core'\nexport default module({ name: '${name}' })\n`,
  ...files,
})

/** A plugin with one address that answers its name. */
export const answering = (name: string): string => `import { data, module, route, z } from '#core'
const ask = route({
  method: 'get', path: '/made/${name}', title: 'Ask ${name}', access: 'public',
  reply: data(z.string()), handle: () => '${name}',
})
export default module({ name: '${name}', routes: [ask] })
`

/** Writes a plugin into a folder. @returns its path */
export function write(root: string, name: string, files: Files = {}): string {
  const folder = path.join(root, name)
  for (const [file, text] of Object.entries(filesOf(name, files))) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  return folder
}

/** The same as an archive. */
export async function zipOf(name: string, files: Files = {}): Promise<Buffer> {
  const folder = write(mkdtempSync(path.join(tmpdir(), 'made-')), name, files)
  return buffer(await pack(name, folder))
}

/** An archive with entries as they are given, however wrong. @param mode of each entry */
export async function rawZip(
  entries: [name: string, content: string | Buffer, mode?: number][],
): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content, mode] of entries)
    zip.addBuffer(Buffer.from(content), name, { mode: mode ?? 0o100644 })
  zip.end()
  return buffer(zip.outputStream)
}

/** yazl refuses such names itself: replaces one by another of the same length. */
export const renamed = (zip: Buffer, from: string, to: string): Buffer =>
  Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1')

export const form = (zip: Buffer, name = 'plugin.zip'): FormData => {
  const made = new FormData()
  made.append('file', new Blob([new Uint8Array(zip)]), name)
  return made
}
