import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { markFile, markFolder, watched } from './watchdog'

/**
 * What outlives a process that did not end as it should, on the disk of this machine: a mark for each plugin that was
 * being loaded or started, or that kept the process from doing anything else; a line for each fault that nobody caught
 * and nobody could be blamed for; the plugins that were found out, with the version that did it.
 */
const culpritFile = (name: string) => join(env.DATA_DIR, 'plugin-culprit', name)
const faultFile = () => join(env.DATA_DIR, 'plugin-faults')

/** Does some work of a plugin that may end the process, or keep it from doing anything else for ever. */
export async function marked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const file = markFile(name)
  mkdirSync(markFolder(), { recursive: true })
  writeFileSync(file, '')
  try {
    return await watched(name, work)
  } finally {
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
    rmSync(join(markFolder(), entry), { force: true })
  }
  return [...new Set(names)]
}

/** Keeps in mind that this version of a plugin has ended a process, until there is another version of it. */
export function convict(name: string, version: string): void {
  mkdirSync(join(env.DATA_DIR, 'plugin-culprit'), { recursive: true })
  writeFileSync(culpritFile(name), version)
}

/** Whether this very version of a plugin has ended a process before. */
export function isConvicted(name: string, version: string): boolean {
  try {
    return readFileSync(culpritFile(name), 'utf8') === version
  } catch {
    return false // never
  }
}

export const acquit = (name: string): void => rmSync(culpritFile(name), { force: true })

/** So many faults within this time are a loop: whoever starts the process again does it in vain. */
const LOOP_FAULTS = 3
const LOOP_MS = 10 * 60_000

/** Notes that the process ends by a fault nobody caught, whoever it was. */
export function noteFault(): void {
  writeFileSync(faultFile(), [...recentFaults(), now().getTime()].join('\n'))
}

/** Whether processes have ended by faults again and again, just now. Asking forgets them where it is so. */
export function isLooping(): boolean {
  if (recentFaults().length < LOOP_FAULTS) return false
  rmSync(faultFile(), { force: true })
  return true
}

function recentFaults(): number[] {
  try {
    const times = readFileSync(faultFile(), 'utf8').split('\n').map(Number)
    return times.filter((time) => time > now().getTime() - LOOP_MS)
  } catch {
    return [] // there was none
  }
}

/** Of these folders the one whose manifest was written last: what was changed last is the likeliest to blame. */
export function lastChanged<T extends { folder: string }>(plugins: T[]): T | undefined {
  const time = ({ folder }: T) =>
    statSync(join(folder, 'plugin.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [...plugins].sort((a, b) => time(b) - time(a))[0]
}

function entries(): string[] {
  try {
    return readdirSync(markFolder())
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
