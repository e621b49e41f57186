import { redis } from '../infra/redis'
import { keysOf } from './session-key'

/**
 * What happens to a user's sessions happens in one step, inside Redis: whoever dies half-way, and whoever comes at the
 * same moment, finds either everything done or nothing. The index names every family of the user, so nothing has to be
 * searched for and nobody else's keys are touched.
 */
const COMMON = `
local index, access, info, refresh, family = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zremrangebyscore', index, '-inf', now)

local function current(name) return redis.call('hget', family .. name, 'current') end

local function drop(session)
  if session then redis.call('del', access .. session, info .. session, refresh .. session) end
end

local function finish(name)
  drop(current(name))
  redis.call('del', family .. name)
  redis.call('zrem', index, name)
end

-- parts: family, session, access token, its seconds, info, refresh token or '', its seconds
local function put(parts)
  local name, session, seconds = parts[1], parts[2], tonumber(parts[4])
  redis.call('set', access .. session, parts[3], 'EX', seconds)
  redis.call('set', info .. session, parts[5], 'EX', seconds)
  if parts[6] ~= '' then
    redis.call('set', refresh .. session, parts[6], 'EX', parts[7])
    seconds = math.max(seconds, tonumber(parts[7]))
  end
  redis.call('hset', family .. name, 'current', session)
  redis.call('expire', family .. name, seconds)
  redis.call('zadd', index, now + seconds * 1000, name)
  if redis.call('ttl', index) < seconds then redis.call('expire', index, seconds) end
end
`

const OPEN = `${COMMON}
local ended = {}
if ARGV[12] == 'alone' then
  ended = redis.call('zrange', index, 0, -1)
  for _, name in ipairs(ended) do finish(name) end
end
put({ unpack(ARGV, 5, 11) })
return ended
`

/** ARGV 12: the session to be replaced, 13: its refresh token, 14: `alone`, 15: grace in milliseconds. */
const ROTATE = `${COMMON}
local name, old = ARGV[5], ARGV[12]
local state = redis.call('hmget', family .. name, 'current', 'previous', 'rotated')

if state[1] and state[1] ~= old then
  local tokens = redis.call('mget', access .. state[1], refresh .. state[1])
  local isTwin = state[2] == old and now - tonumber(state[3]) < tonumber(ARGV[15])
  if isTwin and tokens[1] and tokens[2] then return { 'twin', state[1], tokens[1], tokens[2] } end
  finish(name)
  return { 'reused' }
end

if ARGV[14] == 'alone' then
  for _, other in ipairs(redis.call('zrange', index, 0, -1)) do
    local session = other ~= name and current(other)
    if session and redis.call('exists', access .. session) == 1 then return { 'elsewhere' } end
  end
end

if not state[1] or redis.call('get', refresh .. old) ~= ARGV[13] then return { 'gone' } end
drop(old)
put({ unpack(ARGV, 5, 11) })
redis.call('hset', family .. name, 'previous', old, 'rotated', now)
return { 'rotated' }
`

/** ARGV 5: `only` or `except`, 6: a session, current or the one before, or a family. */
const END = `${COMMON}
local ended = {}
for _, name in ipairs(redis.call('zrange', index, 0, -1)) do
  local state = redis.call('hmget', family .. name, 'current', 'previous')
  local isMeant = name == ARGV[6] or state[1] == ARGV[6] or state[2] == ARGV[6]
  if isMeant == (ARGV[5] == 'only') then
    finish(name)
    ended[#ended + 1] = name
  end
end
if ARGV[5] == 'only' then drop(ARGV[6]) end
return ended
`

/** A session as it is written down. */
export interface SessionParts {
  family: string
  session_uuid: string
  access_token: string
  access_seconds: number
  info: string
  /** null: a session that cannot be renewed. */
  refresh_token: string | null
  refresh_seconds: number
}

const listed = (parts: SessionParts): (string | number)[] => [
  parts.family,
  parts.session_uuid,
  parts.access_token,
  parts.access_seconds,
  parts.info,
  parts.refresh_token ?? '',
  parts.refresh_seconds,
]

function run(script: string, userId: string, args: (string | number)[]): Promise<unknown> {
  const { access, info, refresh, family, index } = keysOf(userId)
  return redis().eval(script, 1, index, access, info, refresh, family, ...args)
}

const texts = (answer: unknown): string[] => (Array.isArray(answer) ? answer.map(String) : [])

/** @returns the families that were ended for it */
export async function putSession(userId: string, parts: SessionParts, alone: boolean): Promise<string[]> {
  return texts(await run(OPEN, userId, [...listed(parts), alone ? 'alone' : '']))
}

export type Rotation =
  | { outcome: 'rotated' | 'reused' | 'elsewhere' | 'gone' }
  | { outcome: 'twin'; session_uuid: string; access_token: string; refresh_token: string }

export interface RotationRequest {
  user_id: string
  session_uuid: string
  refresh_token: string
  /** The user may have one session only. */
  alone: boolean
  grace_ms: number
}

/** Puts a session in the place of the one whose refresh token is shown; says why when it does not. */
export async function rotateSession(asked: RotationRequest, next: SessionParts): Promise<Rotation> {
  const { session_uuid, refresh_token, alone, grace_ms } = asked
  const args = [...listed(next), session_uuid, refresh_token, alone ? 'alone' : '', grace_ms]
  const [outcome, ...found] = texts(await run(ROTATE, asked.user_id, args))
  const [current = '', access = '', refresh = ''] = found
  if (outcome === 'twin')
    return { outcome, session_uuid: current, access_token: access, refresh_token: refresh }
  if (outcome === 'rotated' || outcome === 'reused' || outcome === 'elsewhere') return { outcome }
  return { outcome: 'gone' }
}

/** @returns the families that were ended */
export async function removeSessions(
  userId: string,
  which: 'only' | 'except',
  name: string,
): Promise<string[]> {
  return texts(await run(END, userId, [which, name]))
}
