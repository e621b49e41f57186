import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the nearest `package.json` above: the same from the sources and from the compiled `dist`. */
export const projectRoot = findRoot(__dirname)

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`no package.json above ${start}`)
  }
}
