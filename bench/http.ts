import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { built } from './built'
import { median, type Line } from './line'
import type { Prepared } from './prepared'

const SECONDS = 4
const ROUNDS = 5

const child = (file: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  fork(built(file), args, { execArgv: [], env: { ...process.env, ...env } })

const message = <T>(process: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    process.once('message', (value) => resolve(value as T))
    process.once('exit', (code) => reject(new Error(`the server under measurement ended with ${code}`)))
  })

async function throughput(port: number, url: string, token: string): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${url}`,
    connections: 16,
    duration: SECONDS,
    headers: { authorization: `Bearer ${token}` },
  })
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers of ${url} were refusals`)
  return result.requests.average
}

/** Requests per second of Steward as a share of bare Koa's, the two taking turns on the same rows. */
async function ratio(
  steward: Prepared,
  bare: number,
  url: string,
): Promise<{ ratio: number; steward: number; bare: number }> {
  const rates: { steward: number; bare: number }[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rate = {
      steward: await throughput(steward.port, url, steward.token),
      bare: await throughput(bare, url, ''),
    }
    if (round > 0) rates.push(rate) // the first round only warms up
  }
  return {
    ratio: median(rates.map((rate) => rate.steward / rate.bare)),
    steward: median(rates.map((rate) => rate.steward)),
    bare: median(rates.map((rate) => rate.bare)),
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
    const one = await ratio(prepared, port, `/api/v1/bench/depts/${prepared.dept}`)
    const page = await ratio(prepared, port, '/api/v1/sys/users?page=1&size=20')
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

const line = (name: string, found: Awaited<ReturnType<typeof ratio>>, budget: number): Line => ({
  name,
  value: `${found.ratio.toFixed(2)} (${Math.round(found.steward)}/s of ${Math.round(found.bare)}/s)`,
  budget: `≥ ${budget}`,
  ok: found.ratio >= budget,
})
