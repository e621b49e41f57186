import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { types } from 'node:util'

/** Whether a process of this machine runs, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/**
 * A lock file that belongs to a living process. One that its holder left behind when it was killed is taken over,
 * also after a restart of the machine gave the holder's number to another process: the file names the start time too.
 */
export class ProcessLock {
  #isHeld = false

  constructor(private readonly file: string) {}

  /** Takes the lock, or answers false at once while another living process holds it. */
  async take(): Promise<boolean> {
    if (this.#isHeld) return false
    const own = `${this.file}.${process.pid}.${randomUUID()}`
    await writeFile(own, `${process.pid} ${startOf(process.pid)}`)
    try {
      this.#isHeld =
        (await linked(own, this.file)) || ((await this.#clearLeftover()) && (await linked(own, this.file)))
      return this.#isHeld
    } finally {
      await rm(own, { force: true })
    }
  }

  async drop(): Promise<void> {
    if (!this.#isHeld) return
    this.#isHeld = false
    await rm(this.file, { force: true })
  }

  async #clearLeftover(): Promise<boolean> {
    const text = await readFile(this.file, 'utf8').catch(() => null)
    if (text === null) return true
    const [pid = '', start = ''] = text.split(' ')
    if (isAlive(Number(pid)) && startOf(Number(pid)) === start) return false
    // Renaming, not deleting: of two that clear at once only one gets the file, and it checks what it got.
    const aside = `${this.file}.${process.pid}.${randomUUID()}`
    if (
      !(await rename(this.file, aside).then(
        () => true,
        () => false,
      ))
    )
      return false
    const gotLeftover = (await readFile(aside, 'utf8')) === text
    if (!gotLeftover) await linked(aside, this.file)
    await rm(aside, { force: true })
    return gotLeftover
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return types.isNativeError(error) && 'code' in error ? error.code : undefined
}

/** Start of a process in ticks since boot, with the boot's own id; `-` where the system does not tell. */
export function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${boot}:${ticks}`
  } catch {
    return '-'
  }
}
