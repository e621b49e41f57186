import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { conflict } from '../common/errors'
import { logger } from '../infra/logger'
import { hasEnded, processMark } from '../infra/process-mark'
import { redis } from '../infra/redis'

const KEY = 'fba:reload_lock'
/** Until the turn of a process is over that cannot be asked, as it ran on another machine. */
const HOLD_MS = 15_000
const RENEW_MS = 3_000
const WAIT_MS = 20_000

const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('pexpire', KEYS[1], ARGV[2]) end`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`

let isMine = false

/** Whether this process is at it. */
export const isMyTurn = (): boolean => isMine

/** Whether nobody is at it, as far as can be known. A process that was killed loses its turn at once. */
export async function isTurnFree(): Promise<boolean> {
  const holder = await redis().get(KEY)
  if (holder === null) return true
  if (!hasEnded(holder)) return false
  await redis().eval(RELEASE, 1, KEY, holder)
  return true
}

/** Plugins are installed and removed one at a time, over all processes. @throws 409 `plugin.busy` */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const token = `${processMark()}/${randomUUID()}`
  const end = Date.now() + WAIT_MS
  while (!(await isTurnFree()) || (await redis().set(KEY, token, 'PX', HOLD_MS, 'NX')) === null) {
    if (Date.now() > end) throw conflict('plugin.busy')
    await sleep(200)
  }
  const timer = setInterval(() => void renew(token), RENEW_MS).unref()
  isMine = true
  try {
    return await work()
  } finally {
    isMine = false
    clearInterval(timer)
    await redis().eval(RELEASE, 1, KEY, token)
  }
}

async function renew(token: string): Promise<void> {
  try {
    await redis().eval(RENEW, 1, KEY, token, HOLD_MS)
  } catch (err) {
    logger.warn('the turn to change plugins could not be kept', { err })
  }
}
