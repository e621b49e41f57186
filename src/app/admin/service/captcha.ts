import { randomUUID } from 'node:crypto'
import { AppError, badRequest, env, isCaptcha, liveEnv, newCaptcha, redis, z } from '#core'
import type { Login } from '../schema/auth'

const keyOf = (uuid: string) => `${env.LOGIN_CAPTCHA_REDIS_PREFIX}:${uuid}`

/** A new captcha; made even when none is asked for, as the log-in page expects. */
export async function issue() {
  const { code, image } = await newCaptcha()
  const uuid = randomUUID()
  await redis().set(keyOf(uuid), code, 'EX', env.LOGIN_CAPTCHA_EXPIRE_SECONDS)
  return {
    is_enabled: (await liveEnv()).LOGIN_CAPTCHA_ENABLED,
    expire_seconds: env.LOGIN_CAPTCHA_EXPIRE_SECONDS,
    uuid,
    image,
  }
}

/** In one step: of two log-ins with one captcha, one gets it. */
const TAKE = `
local found = { redis.call('get', KEYS[1]), redis.call('pttl', KEYS[1]) }
redis.call('del', KEYS[1])
return found`

/**
 * Uses up the captcha of a log-in, whatever the answer: one that survives a wrong answer can be guessed.
 * @returns what gives it back
 * @throws 400 `error.captcha.invalid`, `error.captcha.expired`; 400 with code 40001 `error.captcha.error`
 */
export async function consume({ uuid, captcha }: Login): Promise<() => Promise<void>> {
  if (!(await liveEnv()).LOGIN_CAPTCHA_ENABLED) return () => Promise.resolve()
  if (!uuid || !captcha) throw badRequest('error.captcha.invalid')
  const key = keyOf(uuid)
  const [code, life] = Taken.parse(await redis().eval(TAKE, 1, key))
  if (code === null) throw badRequest('error.captcha.expired')
  if (!isCaptcha(code, captcha)) throw new AppError('error.captcha.error', { status: 400, code: 40001 })
  return async () => {
    if (life > 0) await redis().set(key, code, 'PX', life)
  }
}

const Taken = z.tuple([z.string().nullable(), z.int()])
