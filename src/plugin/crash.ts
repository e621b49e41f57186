import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from '../config/env'
import { now } from '../infra/clock'
import { entriesOfTheDead } from './dead-processes'
import { HANGS, markFile, markFolder, watched } from './watchdog'

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

/** Deaths in a row that set a plugin aside: one may be chance, as when somebody kills the process just then. */
export const ENOUGH = 3

/**
 * The plugins with which processes ended that are gone now, with how much that says: 1 for each that was being loaded or
 * started, ENOUGH for one that was seen to hang. Asking forgets them.
 */
export function culprits(): Map<string, number> {
  const found = new Map<string, number>()
  for (const { name, file } of marksOfTheDead()) {
    const weight = readText(file) === HANGS ? ENOUGH : 1
    found.set(name, Math.max(found.get(name) ?? 0, weight))
    rmSync(file, { force: true })
  }
  return found
}

/** Whether another process has just ended with a plugin, and nobody has asked for culprits since. */
export const hasEndedOne = (name: string): boolean => marksOfTheDead().some((mark) => mark.name === name)

function marksOfTheDead(): { name: string; file: string }[] {
  const pidIn = (entry: string) => Number(entry.split('@')[1])
  const left = entriesOfTheDead(markFolder(), pidIn)
  return left.map(({ entry, file }) => ({ name: entry.split('@')[0] ?? '', file }))
}

/** Keeps in mind that this version of a plugin has ended a process, until it has worked or is another version. */
export function blame(name: string, version: string, weight: number): void {
  mkdirSync(join(env.DATA_DIR, 'plugin-culprit'), { recursive: true })
  writeFileSync(culpritFile(name), `${version} ${weightOf(name, version) + weight}`)
}

/** Whether this very version of a plugin has ended too many processes. */
export const isConvicted = (name: string, version: string): boolean => weightOf(name, version) >= ENOUGH

export const acquit = (name: string): void => rmSync(culpritFile(name), { force: true })

function weightOf(name: string, version: string): number {
  const [blamed, weight] = readText(culpritFile(name)).split(' ')
  return blamed === version ? Number(weight) : 0
}

/** @returns nothing where there is no such file */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** As many faults within this time are a loop: whoever starts the process again does it in vain. */
const LOOP_MS = 10 * 60_000

/** Notes that the process ends by a fault nobody caught, whoever it was. */
export function noteFault(): void {
  writeFileSync(faultFile(), [...recentFaults(), now().getTime()].join('\n'))
}

/** Whether processes have ended by faults again and again, just now. Asking forgets them where it is so. */
export function isLooping(): boolean {
  if (recentFaults().length < ENOUGH) return false
  rmSync(faultFile(), { force: true })
  return true
}

function recentFaults(): number[] {
  const times = readText(faultFile()).split('\n').filter(Boolean).map(Number)
  return times.filter((time) => time > now().getTime() - LOOP_MS)
}

/** Of these folders the one whose manifest was written last: what was changed last is the likeliest to blame. */
export function lastChanged<T extends { folder: string }>(plugins: T[]): T | undefined {
  const time = ({ folder }: T) =>
    statSync(join(folder, 'plugin.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [...plugins].sort((a, b) => time(b) - time(a))[0]
}
