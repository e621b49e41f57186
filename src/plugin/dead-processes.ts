import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What processes of this machine have left in a folder that are gone now.
 * @param pidIn the number of the process in the name of an entry
 */
export function entriesOfTheDead(
  folder: string,
  pidIn: (entry: string) => number,
): { entry: string; file: string }[] {
  const dead = entriesOf(folder).filter((entry) => !isAlive(pidIn(entry)))
  return dead.map((entry) => ({ entry, file: join(folder, entry) }))
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // nothing was ever left
  }
}

/** One with the number of this process was another: in containers they often have the same. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}
