import { randomInt } from 'node:crypto'
import { redis } from '../infra/redis'

/** Codes that are sent to somebody to prove that an address is his: six digits 1 to 9, as the contract has them. */
const DIGITS = 6

/** A code of 9^6 guessed blindly: after so many wrong tries it is void. */
const MAX_TRIES = 5

/**
 * Makes a new code and keeps it under `key`, in place of the one before.
 * @param seconds how long it is good
 */
export async function issueCode(key: string, seconds: number): Promise<string> {
  const code = Array.from({ length: DIGITS }, () => randomInt(1, 10)).join('')
  await redis().multi().set(key, code, 'EX', seconds).del(triesKey(key)).exec()
  return code
}

/** One step, so that a code counts once however many requests try it at the same time. */
const CHECK = `
local code = redis.call('get', KEYS[1])
if not code then return 'expired' end
if code == ARGV[1] then redis.call('del', KEYS[1], KEYS[2]) return 'right' end
if redis.call('incr', KEYS[2]) >= tonumber(ARGV[2]) then
  redis.call('del', KEYS[1], KEYS[2])
else
  redis.call('pexpire', KEYS[2], math.max(redis.call('pttl', KEYS[1]), 1))
end
return 'wrong'`

/** Compares exactly. A right code is used up; a wrong one counts as a try, and the last try voids the code. */
export async function checkCode(key: string, code: string): Promise<'right' | 'wrong' | 'expired'> {
  const answer = await redis().eval(CHECK, 2, key, triesKey(key), code, MAX_TRIES)
  return answer === 'right' || answer === 'expired' ? answer : 'wrong'
}

const triesKey = (key: string) => `${key}:tries`
