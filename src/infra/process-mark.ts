import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isAlive, startOf } from './process-lock'

/** Where process numbers mean the same: containers may share the name of their machine, but not its processes. */
function machine(): string {
  try {
    return `${hostname()}:${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname() // no Linux
  }
}

/** Names this process among those of all machines. */
export const processMark = (): string => `${machine()}/${process.pid}/${startOf(process.pid)}`

/** Whether the process of such a name has ended for sure: it was one of this machine, and is not there any more. */
export function hasEnded(mark: string): boolean {
  const [place, pid, start] = mark.split('/')
  if (place !== machine() || start === undefined) return false
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start
}
