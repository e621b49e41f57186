import type Redis from 'ioredis'

/**
 * What Bull does to one job, done to many in one go, on the same keys: its own timers, its board, and workers of versions
 * that use Bull's calls get along with it. A job costs Redis and this process a tenth of that.
 */
export interface QueueKeys {
  client: Pick<Redis, 'eval'>
  /** Name of what Bull keeps of the queue under this word; of '' what the keys of its jobs begin with. */
  toKey(what: string): string
}

export interface NewJob {
  id: string
  name: string
  /** Milliseconds until it may be taken. */
  delay: number
}

export interface TakenJob {
  id: string
  name: string
}

export interface JobEnd {
  id: string
  /** Milliseconds until it is to be taken again; null when it is done. */
  again: number | null
}

/** Bull sorts delayed jobs by their moment in milliseconds times this. */
const SCORE = 0x1000

const ADD = `local base, moment, opts, ready = ARGV[1], ARGV[2], ARGV[3], KEYS[1]
if redis.call('exists', KEYS[3]) == 1 then ready = KEYS[2] end
local soonest
for n = 4, #ARGV, 4 do
  local id, delay, due = ARGV[n], ARGV[n + 2], tonumber(ARGV[n + 3])
  local key = base .. id
  if redis.call('exists', key) == 0 then
    redis.call('hmset', key, 'name', ARGV[n + 1], 'data', '{}', 'opts', opts, 'timestamp', moment, 'delay', delay, 'priority', 0)
    if delay == '0' then
      redis.call('lpush', ready, id)
    else
      redis.call('zadd', KEYS[4], string.format('%.0f', due * ${SCORE}), id)
      if not soonest or due < soonest then soonest = due end
    end
  end
end
if soonest then redis.call('publish', KEYS[4], string.format('%.0f', soonest)) end`

/** Adds jobs; those that are there already are left as they are. @param opts as Bull keeps them, JSON */
export async function addJobs(queue: QueueKeys, jobs: readonly NewJob[], opts: string): Promise<void> {
  const keys = ['wait', 'paused', 'meta-paused', 'delayed'].map((what) => queue.toKey(what))
  const moment = Date.now()
  const args = jobs.flatMap(({ id, name, delay }) => [id, name, delay, moment + delay])
  await queue.client.eval(ADD, keys.length, ...keys, queue.toKey(''), moment, opts, ...args)
}

// What Redis has forgotten but for its id is not taken, and nothing stays of it.
const TAKE = `local base, taken = ARGV[1], {}
local function take(id)
  local key = base .. id
  local name = redis.call('hget', key, 'name')
  if not name then
    redis.call('lrem', KEYS[2], 0, id)
    redis.call('del', key, key .. ':lock')
    return
  end
  redis.call('set', key .. ':lock', ARGV[2], 'px', ARGV[3])
  redis.call('hset', key, 'processedOn', ARGV[4])
  taken[#taken + 1] = id
  taken[#taken + 1] = name
end
local count = tonumber(ARGV[5])
if ARGV[6] ~= '' then take(ARGV[6]) count = count - 1 end
for n = 1, count do
  local id = redis.call('rpoplpush', KEYS[1], KEYS[2])
  if not id then break end
  take(id)
end
return taken`

export interface Lock {
  /** Of the one who holds it. */
  token: string
  /** Until it ends by itself, unless it is renewed. */
  milliseconds: number
}

/** Takes the jobs that have waited longest. @param first one that was moved to the active ones already */
export async function takeJobs(
  queue: QueueKeys,
  { token, milliseconds }: Lock,
  count: number,
  first = '',
): Promise<TakenJob[]> {
  const keys = ['wait', 'active'].map((what) => queue.toKey(what))
  const args = [queue.toKey(''), token, milliseconds, Date.now(), count, first]
  const taken = (await queue.client.eval(TAKE, keys.length, ...keys, ...args)) as string[]
  return taken.flatMap((id, at) => (at % 2 === 0 ? [{ id, name: taken[at + 1] ?? '' }] : []))
}

const END = `local base, lost, soonest = ARGV[1], {}, nil
for n = 3, #ARGV, 2 do
  local id, again = ARGV[n], tonumber(ARGV[n + 1])
  local key = base .. id
  if redis.call('get', key .. ':lock') == ARGV[2] then
    redis.call('srem', KEYS[3], id)
    redis.call('lrem', KEYS[1], -1, id)
    if not again then
      redis.call('del', key, key .. ':lock', key .. ':logs')
    else
      redis.call('del', key .. ':lock')
      if redis.call('exists', key) == 1 then
        redis.call('zadd', KEYS[2], string.format('%.0f', again * ${SCORE}), id)
        if not soonest or again < soonest then soonest = again end
      end
    end
  else
    lost[#lost + 1] = id
  end
end
if soonest then redis.call('publish', KEYS[2], string.format('%.0f', soonest)) end
return lost`

/** Takes done jobs out of the queue, and puts the others back. @returns ids of those that somebody else has by now */
export async function endJobs(queue: QueueKeys, { token }: Lock, ends: readonly JobEnd[]): Promise<string[]> {
  const keys = ['active', 'delayed', 'stalled'].map((what) => queue.toKey(what))
  const moment = Date.now()
  const args = ends.flatMap(({ id, again }) => [id, again === null ? '' : moment + Math.round(again)])
  return (await queue.client.eval(END, keys.length, ...keys, queue.toKey(''), token, ...args)) as string[]
}

const RENEW = `local lost = {}
for n = 4, #ARGV do
  local lock = ARGV[1] .. ARGV[n] .. ':lock'
  if redis.call('get', lock) == ARGV[2] then
    redis.call('pexpire', lock, ARGV[3])
    redis.call('srem', KEYS[1], ARGV[n])
  else
    lost[#lost + 1] = ARGV[n]
  end
end
return lost`

/** Keeps jobs from being taken for those of a dead worker. @returns ids of those that were lost already */
export async function renewLocks(
  queue: QueueKeys,
  { token, milliseconds }: Lock,
  ids: readonly string[],
): Promise<string[]> {
  const args = [queue.toKey(''), token, milliseconds, ...ids]
  return (await queue.client.eval(RENEW, 1, queue.toKey('stalled'), ...args)) as string[]
}
