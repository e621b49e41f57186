import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Redis from 'ioredis'
import { startPrivateRedis } from '../../src/infra/redis-server'

/** A process with a private Redis; see `redis-server.test.ts`. */
async function main(): Promise<void> {
  const { dir } = JSON.parse(process.argv[2] ?? '{}') as { dir: string }
  const server = await startPrivateRedis({ dir })
  const redis = new Redis(server.path)
  const state = async () => {
    const run = /run_id:(\w+)/.exec(await redis.info('server'))?.[1]
    return { owned: server.owned, run, pid: Number(readFileSync(join(dir, 'redis.pid'), 'utf8')) }
  }
  process.on('message', () => void state().then((answer) => process.send?.(answer)))
  process.send?.('ready')
}

main().catch((error: unknown) => {
  process.send?.(error instanceof Error ? error.message : String(error))
})
