import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type Redis from 'ioredis'
import { openRedis } from '../../src/infra/redis'
import { startPrivateRedis, type PrivateRedis } from '../../src/infra/redis-server'

/** Opens the Redis of this Jest worker as the application does. */
export function openTestRedis(): Promise<Redis> {
  return openRedis({ host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT) })
}

/** A Redis that a test may stop, kill and start again without disturbing others. */
export interface OwnRedis extends PrivateRedis {
  dir: string
  /** Process of the server itself. */
  pid(): number
  remove(): Promise<void>
}

export async function startOwnRedis(dir = mkdtempSync(join(tmpdir(), 'redis-'))): Promise<OwnRedis> {
  const server = await startPrivateRedis({ dir })
  const pid = () => Number(readFileSync(join(dir, 'redis.pid'), 'utf8'))
  const remove = async () => {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  return {
    path: server.path,
    get owned() {
      return server.owned
    },
    stop: () => server.stop(),
    dir,
    pid,
    remove,
  }
}

/** Waits until `check` answers true; fails with `what` after ten seconds. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`)
    await sleep(10)
  }
}
