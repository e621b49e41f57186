import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { built } from './built'
import { median, type Line } from './line'
import type { Prepared } from './prepared'

// Many short rounds: what else the machine does then falls on both servers.
const SECONDS = 2
const ROUNDS = 9
const CONNECTIONS = 16
/** Linux counts CPU time in hundredths of a second. */
const TICK_US = 10_000

const child = (file: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  fork(built(file), args, { execArgv: [], env: { ...process.env, ...env } })

const message = <T>(process: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    process.once('message', (value) => resolve(value as T))
    process.once('exit', (code) => reject(new Error(`the server under measurement ended with ${code}`)))
  })

interface Rate {
  /** Requests per second. */
  rate: number
  /** Microseconds of CPU that the server's process spent on one. Hardly depends on what else the machine does. */
  cpu: number
}

interface Server {
  port: number
  token: string
  pid: number | undefined
}

/** CPU time of a process so far, of all its threads. */
function cpuOf(pid: number | undefined): number {
  const [user, system] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? []
  return (Number(user) + Number(system)) * TICK_US
}

/** @param paths asked for in turn; each connection begins at another one */
async function throughput({ port, token, pid }: Server, paths: string[]): Promise<Rate> {
  const headers = { authorization: `Bearer ${token}` }
  const before = cpuOf(pid)
  let clients = 0
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    duration: SECONDS,
    setupClient: (client) => {
      const first = Math.floor((clients * paths.length) / CONNECTIONS)
      clients += 1
      const inTurn = [...paths.slice(first), ...paths.slice(0, first)]
      client.setRequests(inTurn.map((path) => ({ path, headers })))
    },
  })
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers of ${paths[0]} were refusals`)
  return { rate: result.requests.average, cpu: (cpuOf(pid) - before) / result.requests.total }
}

interface Found {
  ratio: number
  steward: Rate
  bare: Rate
}

/** Requests per second of Steward as a share of bare Koa's, the two taking turns on the same rows. */
async function ratio(steward: Server, bare: Server, paths: string[]): Promise<Found> {
  const rounds: { steward: Rate; bare: Rate }[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const found = { steward: await throughput(steward, paths), bare: await throughput(bare, paths) }
    if (round > 0) rounds.push(found) // the first round only warms up
  }
  const middle = (which: 'steward' | 'bare'): Rate => ({
    rate: median(rounds.map((round) => round[which].rate)),
    cpu: median(rounds.map((round) => round[which].cpu)),
  })
  return {
    ratio: median(rounds.map((round) => round.steward.rate / round.bare.rate)),
    steward: middle('steward'),
    bare: middle('bare'),
  }
}

/** The HTTP lines: one row, and a page of 20 users with roles and department. */
export async function httpLines(): Promise<Line[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'steward-bench-'))
  const settings = {
    DATA_DIR: folder,
    PORT: '0',
    ENVIRONMENT: 'prod',
    LOG_STD_LEVEL: 'ERROR',
    ADMIN_PASSWORD: 'bench-password-1',
  }
  const steward = child('steward-server', [], settings)
  const prepared = await message<Prepared>(steward)
  const bare = child('bare-server', [prepared.storage])
  const { port } = await message<{ port: number }>(bare)
  try {
    const servers = [
      { ...prepared, pid: steward.pid },
      { port, token: '', pid: bare.pid },
    ] as const
    const rows = prepared.depts.map((id) => `/api/v1/bench/depts/${id}`)
    const one = await ratio(...servers, rows)
    const page = await ratio(...servers, ['/api/v1/sys/users?page=1&size=20'])
    return [
      line('read of one row, share of bare Koa', one, 0.6),
      line('page of 20 users, share of bare Koa', page, 0.5),
    ]
  } finally {
    bare.kill()
    steward.kill('SIGTERM')
    await new Promise((resolve) => steward.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

const line = (name: string, found: Found, budget: number): Line => ({
  name,
  value: `${found.ratio.toFixed(2)} (${shown(found.steward)} of ${shown(found.bare)})`,
  budget: `≥ ${budget}`,
  ok: found.ratio >= budget,
})

const shown = ({ rate, cpu }: Rate) => `${Math.round(rate)}/s at ${Math.round(cpu)} µs of CPU`
