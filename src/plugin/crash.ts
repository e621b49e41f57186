import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from '../config/env'
import { watch } from './watchdog'

/**
 * A file for each plugin that is being loaded or started at this moment. One that is found at the start of a process
 * names the plugin with which the process before ended: it exited, hung until it was killed, or ran out of memory.
 */
const folder = () => join(env.DATA_DIR, 'plugin-starting')

/** Does some work of a plugin that may end the process, or keep it from doing anything else for ever. */
export async function marked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder(), `${name}@${process.pid}`)
  mkdirSync(folder(), { recursive: true })
  writeFileSync(file, '')
  const watching = watch(name)
  try {
    return await work()
  } finally {
    watching.end()
    rmSync(file, { force: true })
  }
}

/** Names of the plugins with which processes ended that are gone now; asking forgets them. */
export function culprits(): string[] {
  const names: string[] = []
  for (const entry of entries()) {
    const [name = '', pid = ''] = entry.split('@')
    if (isAlive(Number(pid))) continue
    names.push(name)
    rmSync(join(folder(), entry), { force: true })
  }
  return [...new Set(names)]
}

function entries(): string[] {
  try {
    return readdirSync(folder())
  } catch {
    return [] // nothing was ever marked
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}
