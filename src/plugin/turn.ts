import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { conflict } from '../common/errors'
import { redis } from '../infra/redis'

const KEY = 'fba:reload_lock'
const HOLD_SECONDS = 300
const WAIT_MS = 20_000

const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`

/** Whether somebody is at it. */
export const isInTurn = async (): Promise<boolean> => (await redis().exists(KEY)) === 1

/** Plugins are installed and removed one at a time, over all processes. @throws 409 `plugin.busy` */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const token = randomUUID()
  const end = Date.now() + WAIT_MS
  while ((await redis().set(KEY, token, 'EX', HOLD_SECONDS, 'NX')) === null) {
    if (Date.now() > end) throw conflict('plugin.busy')
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    await redis().eval(RELEASE, 1, KEY, token)
  }
}
