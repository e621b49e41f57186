import { randomUUID } from 'node:crypto'
import { AppError, badRequest, env, isCaptcha, newCaptcha, redis } from '#core'
import type { Login } from '../schema/auth'

const keyOf = (uuid: string) => `${env.LOGIN_CAPTCHA_REDIS_PREFIX}:${uuid}`

/** A new captcha; made even when none is asked for, as the log-in page expects. */
export async function issue() {
  const { code, image } = newCaptcha()
  const uuid = randomUUID()
  await redis().set(keyOf(uuid), code, 'EX', env.LOGIN_CAPTCHA_EXPIRE_SECONDS)
  return {
    is_enabled: env.LOGIN_CAPTCHA_ENABLED,
    expire_seconds: env.LOGIN_CAPTCHA_EXPIRE_SECONDS,
    uuid,
    image,
  }
}

/**
 * Uses up the captcha of a log-in. One that was answered wrongly can be tried again; a right one is gone, also when the
 * log-in fails later.
 * @returns what gives it back
 * @throws 400 `error.captcha.invalid`, `error.captcha.expired`; 400 with code 40001 `error.captcha.error`
 */
export async function consume({ uuid, captcha }: Login): Promise<() => Promise<void>> {
  if (!env.LOGIN_CAPTCHA_ENABLED) return () => Promise.resolve()
  if (!uuid || !captcha) throw badRequest('error.captcha.invalid')
  const key = keyOf(uuid)
  const [code, life] = await Promise.all([redis().get(key), redis().pttl(key)])
  if (code === null) throw badRequest('error.captcha.expired')
  if (!isCaptcha(code, captcha)) throw new AppError('error.captcha.error', { status: 400, code: 40001 })
  const isMine = (await redis().del(key)) === 1 // of two log-ins with one captcha, one gets here
  if (!isMine) throw badRequest('error.captcha.expired')
  return async () => {
    if (life > 0) await redis().set(key, code, 'PX', life)
  }
}
