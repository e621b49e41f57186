import { spawn } from 'node:child_process'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { badRequest } from '../../common/errors'
import { MOST_UNPACKED } from './allowance'

const LOOK_MS = 200

export interface GitOptions {
  signal: AbortSignal
  /** Told of what git writes; what it throws ends git. */
  onOutput?: (part: string) => void
}

/** Runs git to its end, and that of what it started. @throws what ended it, or what it said */
export async function git(args: string[], { signal, onOutput }: GitOptions): Promise<void> {
  const child = spawn('git', args, { signal, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let reason: Error | undefined
  let words = ''
  const stop = (cause: unknown) => {
    reason ??= cause instanceof Error ? cause : new Error(String(cause))
    child.kill()
  }
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    if (reason !== undefined) return
    try {
      onOutput?.(part)
    } catch (cause) {
      stop(cause)
    }
  })
  child.stderr.on('data', (part: Buffer) => (words = (words + part.toString()).slice(-2000)))
  child.on('error', stop)
  const code = await new Promise<number | null>((done) => child.on('close', done))
  if (reason !== undefined) throw reason
  if (code !== 0) throw new Error(`git ended with ${code}: ${words.trim()}`)
}

/** Does work that fills a folder, and ends it when that holds more than any plugin. @throws 400 `plugin.zip_too_large` */
export async function whileSmall(
  folder: string,
  work: (signal: AbortSignal) => Promise<void>,
  most = MOST_UNPACKED,
): Promise<void> {
  const ended = new AbortController()
  const tooLarge = new AbortController()
  const watching = watch(folder, most, ended.signal, tooLarge)
  try {
    await work(tooLarge.signal)
  } catch (error) {
    throw tooLarge.signal.aborted ? badRequest('plugin.zip_too_large') : error
  } finally {
    ended.abort()
    await watching
  }
}

async function watch(
  folder: string,
  most: number,
  ended: AbortSignal,
  tooLarge: AbortController,
): Promise<void> {
  while (!ended.aborted) {
    if ((await sizeOf(folder)) > most) return tooLarge.abort()
    await pause(LOOK_MS, undefined, { signal: ended }).catch(() => undefined)
  }
}

/** What comes and goes meanwhile counts as nothing. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    bytes += entry.isDirectory() ? await sizeOf(path) : ((await lstat(path).catch(() => null))?.size ?? 0)
  }
  return bytes
}

/** Nothing of ours: git needs no secret, and must not ask for any. */
const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
}
