import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Address {
  host: string
  port: number
  user: string
  password: string
}

export interface RunningServer extends Address {
  stop(): Promise<void>
}

export interface Launch {
  command: string
  args: string[]
  /** Output of the server goes here; its end is quoted when the server does not come up. */
  log: string
  /** The signal that means "stop now, clients or not". */
  signal: 'TERM' | 'INT'
  /** Run as this user (only possible, and only needed, as root). */
  uid?: number
  gid?: number
}

/**
 * The shell holds a pipe from us. However we end, `cat` sees the pipe close and the server is told to stop,
 * so a test run that is killed leaves nothing behind.
 */
const guard = (signal: string) =>
  `exec 3<&0; "$@" </dev/null & p=$!; (cat <&3 >/dev/null; kill -${signal} $p 2>/dev/null) & wait $p`

/**
 * Starts a server and answers once `probe` succeeds.
 * Throws with the end of the server's log when it exits first or takes longer than a minute.
 */
export async function launch(server: Launch, probe: () => Promise<unknown>): Promise<() => Promise<void>> {
  const output = openSync(server.log, 'a')
  const child = spawn('sh', ['-c', guard(server.signal), 'sh', server.command, ...server.args], {
    stdio: ['pipe', output, output],
    detached: true,
    cwd: '/',
    uid: server.uid,
    gid: server.gid,
  })
  const state = { exited: false }
  const gone = once(child, 'exit').then(() => {
    state.exited = true
  })
  const stop = async () => {
    child.stdin?.end()
    await gone
  }
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const failure = await probe().then(
      () => null,
      (error: unknown) => error,
    )
    if (!failure) return stop
    if (state.exited || Date.now() > giveUpAt) {
      await stop()
      throw new Error(`${server.command} did not start: ${endOf(server.log)}`, { cause: failure })
    }
    await sleep(50)
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

/** Where distributions put servers that are not on everybody's PATH; `*` stands for a version. */
const SERVER_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/lib/postgresql/*/bin',
  '/usr/libexec/postgresql*',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
]

/** Full path of the first of `names` that is installed. Throws a sentence that says what to install. */
export function findProgram(names: string[], debianPackage: string): string {
  const folders = [...(process.env.PATH ?? '').split(':'), ...SERVER_FOLDERS.flatMap(expand)]
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable)
    if (found) return found
  }
  throw new Error(
    `${names.join(' or ')} is not installed. scripts/test installs it; by hand: apt-get install ${debianPackage}`,
  )
}

function expand(pattern: string): string[] {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return [pattern]
  const parent = before.slice(0, before.lastIndexOf('/'))
  const prefix = before.slice(parent.length + 1)
  if (!existsSync(parent)) return []
  const versions = readdirSync(parent).filter((name) => name.startsWith(prefix))
  versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  return versions.map((name) => join(parent, name) + after)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const endOf = (log: string) => readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n')
