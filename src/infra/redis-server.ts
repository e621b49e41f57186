import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isAlive, ProcessLock } from './process-lock'
import type { RedisLog } from './redis'

export interface PrivateRedisOptions {
  /** Data folder; made when missing. One Redis per folder, shared by every process that names it. */
  dir: string
  /** Server programs to look for, in this order. Default: `redis-server`, `valkey-server`. */
  programs?: string[]
  log?: RedisLog
}

export interface PrivateRedis {
  /** The unix socket to connect to. */
  readonly path: string
  /** Whether this process started the server and stops it with itself. */
  readonly owned: boolean
  /** Stops the server when it is ours, after it has written its data; leaves another process's alone. */
  stop(): Promise<void>
}

const run = promisify(execFile)
const START_LIMIT_MS = 20_000
const RETRY_MS = 500
const MAX_SOCKET_BYTES = 107

// The shell holds our pipe. When this process dies in any way, `cat` ends and Redis gets TERM: it never outlives us.
const GUARD = 'exec 3<&0; "$@" </dev/null & p=$!; (cat <&3 >/dev/null; kill -TERM $p 2>/dev/null) & wait $p'

/**
 * Finds the Redis of a data folder, or starts it as a child on a unix socket: append-only file, nothing ever evicted.
 * While this process lives, the folder has a running Redis: it is started again when it dies, and taken over when
 * the process that started it has gone.
 * @throws Error with a sentence for the operator: nothing installed, or the server does not start
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const server = new PrivateRedisServer(dir, options)
  await server.ensure()
  return server
}

class PrivateRedisServer implements PrivateRedis {
  readonly path: string
  readonly #lock: ProcessLock
  #child: ChildProcess | undefined
  #childGone = Promise.resolve()
  #stopWatching: () => void = () => undefined
  #recovering = Promise.resolve()
  #isStopping = false
  #hasStarted = false

  constructor(
    private readonly dir: string,
    private readonly options: PrivateRedisOptions,
  ) {
    this.path = socketPath(dir)
    this.#lock = new ProcessLock(join(dir, 'redis.lock'))
  }

  get owned(): boolean {
    return this.#child !== undefined && this.#hasStarted
  }

  /** Comes back when a server answers on the socket. Redis steals a socket in use, hence the lock around starting. */
  async ensure(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS
    while (!this.#isStopping) {
      if (await answers(this.path)) return this.#watch()
      if (await this.#lock.take()) return this.#startLocked()
      if (Date.now() > deadline) {
        throw new Error(
          `Another process holds ${join(this.dir, 'redis.lock')}, but no Redis answers on ${this.path}.`,
        )
      }
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stopWatching()
    await this.#recovering
    this.#child?.stdin?.end()
    await this.#childGone
  }

  async #startLocked(): Promise<void> {
    try {
      if (await answers(this.path)) {
        await this.#lock.drop()
        return this.#watch()
      }
      await this.#previousGone()
      await this.#start()
    } catch (error) {
      this.#child?.stdin?.end()
      await this.#childGone
      await this.#lock.drop()
      throw error
    }
  }

  async #start(): Promise<void> {
    const program = await findProgram(this.options.programs ?? ['redis-server', 'valkey-server'])
    // Detached: Ctrl-C goes to the whole terminal group, and Redis must outlive the drain.
    const child = spawn('sh', ['-c', GUARD, 'sh', program, ...this.#args()], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    child.stdin.on('error', () => undefined) // the guard has gone first; its exit is handled below
    this.#child = child
    this.#hasStarted = false
    this.#childGone = new Promise<void>((gone) => {
      child.once('error', () => gone())
      child.once('exit', () => gone())
    }).then(() => this.#onChildGone(child))
    await this.#untilAnswering(child)
    this.#hasStarted = true
  }

  #args(): string[] {
    const files = ['--dir', this.dir, '--pidfile', this.#pidFile, '--logfile', join(this.dir, 'redis.log')]
    const socket = ['--port', '0', '--unixsocket', this.path, '--unixsocketperm', '700']
    return [...socket, ...files, '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction']
  }

  async #untilAnswering(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS
    while (!(await answers(this.path))) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null
      if (hasEnded || Date.now() > deadline) {
        throw new Error(`The private Redis did not start in ${this.dir}. ${await this.#lastWords()}`)
      }
      await sleep(10)
    }
  }

  async #lastWords(): Promise<string> {
    const log = await readFile(join(this.dir, 'redis.log'), 'utf8').catch(() => '')
    const last = log.trim().split('\n').slice(-3).join('\n')
    return last ? `Its log ends with:\n${last}` : 'It wrote no log.'
  }

  /** Waits for the server of a process that was killed: it is still writing its data and owns the files. */
  async #previousGone(): Promise<void> {
    const pid = Number(await readFile(this.#pidFile, 'utf8').catch(() => ''))
    const deadline = Date.now() + START_LIMIT_MS
    while (pid && (await isServer(pid))) {
      if (Date.now() > deadline)
        throw new Error(`The previous Redis (process ${pid}) of ${this.dir} does not end.`)
      await sleep(20)
    }
  }

  async #onChildGone(child: ChildProcess): Promise<void> {
    child.stdin?.end()
    this.#child = undefined
    await this.#lock.drop()
    if (!this.#isStopping && this.#hasStarted) this.#recover()
  }

  /** Someone else's server: an idle connection tells when it goes. */
  #watch(): void {
    const socket = connect(this.path)
    socket.unref()
    socket.on('error', () => undefined) // 'close' follows
    socket.once('close', () => {
      if (!this.#isStopping) this.#recover()
    })
    this.#stopWatching = () => socket.destroy()
  }

  #recover(): void {
    this.options.log?.warn('the private redis has gone, starting it again', { dir: this.dir })
    this.#recovering = this.#ensureEventually()
  }

  async #ensureEventually(): Promise<void> {
    while (!this.#isStopping) {
      try {
        return await this.ensure()
      } catch (error) {
        this.options.log?.warn('the private redis does not start, trying again', {
          dir: this.dir,
          err: error,
        })
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }

  get #pidFile(): string {
    return join(this.dir, 'redis.pid')
  }
}

/** The system refuses socket paths over 107 bytes: then a short name in the temporary folder stands for the folder. */
function socketPath(dir: string): string {
  const path = join(dir, 'redis.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_BYTES) return path
  return join(tmpdir(), `redis-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}.sock`)
}

/** Whether a server takes connections on the socket and speaks; a server that is still loading counts. */
function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path)
    const finish = (answer: boolean) => {
      socket.destroy()
      done(answer)
    }
    socket.setTimeout(2000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('data', () => finish(true))
    socket.once('close', () => finish(false))
    socket.write('PING\r\n')
  })
}

async function findProgram(names: string[]): Promise<string> {
  for (const name of names) {
    const found = await run('sh', ['-c', 'command -v "$1"', 'sh', name]).catch(() => null)
    if (found) return found.stdout.trim()
  }
  throw new Error(
    `No Redis is installed (looked for ${names.join(' and ')}). Install one, for example "apt install redis-server", ` +
      '"dnf install valkey", "apk add redis" or "brew install redis", or name a running one with REDIS_HOST or REDIS_URL.',
  )
}

async function isServer(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'redis')
  return /redis|valkey/.test(command)
}
