import { createHash } from 'node:crypto'
import { env } from '../config/env'
import { liveEnv } from '../config/live'
import { forbidden, type AppError } from '../common/errors'
import { now } from '../infra/clock'
import { redis } from '../infra/redis'
import { formatTime, parseTime } from '../utils/time'

/**
 * Failed log-ins are counted in Redis, and an account is locked when there were too many. All processes share the
 * count, and each step is one command or script, so that parallel tries cannot slip past it.
 *
 * Names nobody has are counted too: else the lock would tell which names exist.
 */
export const subjectOf = (user: { id: string } | null, username: string): string =>
  user?.id ?? `unknown-${createHash('sha256').update(username).digest('hex').slice(0, 32)}`

interface Keys {
  lock: string
  failures: string
}

/** In a cluster both lie on one node. */
function keysOf(subject: string): Keys {
  const tag = redis().isCluster ? `{${subject}}` : subject
  return { lock: `${env.USER_LOCK_REDIS_PREFIX}:${tag}`, failures: `${env.LOGIN_FAILURE_PREFIX}:${tag}` }
}

/** @throws 403 `login.account_locked` */
export async function checkLock(subject: string): Promise<void> {
  const { lock, failures } = keysOf(subject)
  const until = await redis().get(lock)
  if (until === null) return
  const refusal = lockedUntil(until)
  if (refusal) throw refusal
  await redis().del(lock)
  await redis().del(failures)
}

/** null when the time is over, or is none. */
function lockedUntil(text: string): AppError | null {
  const until = parseTime(text, env.DATETIME_TIMEZONE)
  const left = (until?.getTime() ?? 0) - now().getTime()
  return left > 0 ? forbidden('login.account_locked', { minutes: Math.ceil(left / 60_000) }) : null
}

const COUNT = `
local held = redis.call('get', KEYS[1])
if held then return held end
local count = redis.call('incr', KEYS[2])
redis.call('expire', KEYS[2], ARGV[2])
if count < tonumber(ARGV[1]) then return 'counted' end
redis.call('set', KEYS[1], ARGV[3], 'EX', ARGV[2])
return 'locked'`

/**
 * Counts a failed try; the one that reaches USER_LOCK_THRESHOLD locks the account for USER_LOCK_SECONDS.
 * @returns the 403 to answer: `login.too_many_failures`, or `login.account_locked` when another try was faster, or what
 *   the caller would say anyway
 */
export async function countFailure(subject: string, otherwise: AppError): Promise<AppError> {
  const { USER_LOCK_THRESHOLD: threshold, USER_LOCK_SECONDS: seconds } = await liveEnv()
  if (threshold === 0) return otherwise
  const { lock, failures } = keysOf(subject)
  const end = new Date(now().getTime() + seconds * 1000)
  const until = formatTime(end, env.DATETIME_TIMEZONE)
  const args = [threshold, seconds, until]
  const answer = String(await redis().eval(COUNT, 2, lock, failures, ...args))
  if (answer === 'counted') return otherwise
  if (answer === 'locked') return forbidden('login.too_many_failures')
  return lockedUntil(answer) ?? otherwise
}

const CLEAR = `
local held = redis.call('get', KEYS[1])
if not held then redis.call('del', KEYS[2]) end
return held`

/**
 * Forgets the failures once a log-in succeeds.
 * @throws 403 `login.account_locked` when parallel failures have locked the account meanwhile
 */
export async function clearFailures(subject: string): Promise<void> {
  const { lock, failures } = keysOf(subject)
  const held = await redis().eval(CLEAR, 2, lock, failures)
  const refusal = typeof held === 'string' ? lockedUntil(held) : null
  if (refusal) throw refusal
}

/** Whether log-ins of this user are refused at the moment. */
export async function isLocked(userId: string): Promise<boolean> {
  const until = await redis().get(keysOf(userId).lock)
  return until !== null && lockedUntil(until) !== null
}

/** Lifts a lock before its time. */
export async function unlock(userId: string): Promise<void> {
  const { lock, failures } = keysOf(userId)
  await redis().del(lock)
  await redis().del(failures)
}
