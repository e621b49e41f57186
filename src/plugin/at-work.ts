import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { env } from '../config/env'
import { entriesOfTheDead } from './dead-processes'

/**
 * Holds a file for each process in which plugins are at work, with their names. The thread that watches writes it, a few
 * times a second and only when that changes: a process that is killed has no time to say anything.
 */
const folder = () => join(env.DATA_DIR, 'plugin-at-work')

/** Where it is noted for this process; the note goes with a process that ends by itself. */
export function atWorkFile(): string {
  mkdirSync(folder(), { recursive: true })
  const file = join(folder(), String(process.pid))
  process.once('exit', () => rmSync(file, { force: true }))
  return file
}

/**
 * The plugins that were at work when processes of this machine were killed, with the moment when that was last noted.
 * Asking forgets them.
 */
export function killedAtWork(): Map<string, Date> {
  const found = new Map<string, Date>()
  for (const { file } of entriesOfTheDead(folder(), Number)) {
    const time = statSync(file).mtime
    for (const name of readFileSync(file, 'utf8').split('\n')) found.set(name, time)
    rmSync(file, { force: true })
  }
  return found
}
