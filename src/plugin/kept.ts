import { createWriteStream } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { now } from '../infra/clock'
import { pack } from './archive'
import { pluginRoot } from './folders'

const stamp = () => now().toISOString().replace(/\D/g, '').slice(0, 14)

/** Keeps a plugin as an archive beside the folders; one that is there is whole. @returns its path */
export async function keepArchive(name: string, folder: string): Promise<string> {
  const file = join(pluginRoot(), `${name}.${stamp()}.backup.zip`)
  await pipeline(await pack(name, folder), createWriteStream(`${file}.part`))
  await rename(`${file}.part`, file)
  return file
}

/** Where a folder waits that is about to come into its place, or has just left it; no plugin is looked for there. */
export const asideOf = (name: string, what: 'new' | 'old' | 'failed'): string =>
  join(pluginRoot(), `.${name}.${what}`)

const OLD = /^\.(.+)\.old$/

/** Plugins whose folder was moved aside for an upgrade, and is not back in its place. */
export async function movedAside(): Promise<string[]> {
  const names = new Set(await readdir(pluginRoot()).catch(() => []))
  return [...names].flatMap((entry) => {
    const name = OLD.exec(entry)?.[1]
    return name === undefined || names.has(name) ? [] : [name]
  })
}

/** A process that died between two steps of an upgrade must not cost the plugin. */
export async function putBack(name: string): Promise<void> {
  await rename(asideOf(name, 'old'), join(pluginRoot(), name))
}
