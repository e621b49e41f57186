import { env } from '../config/env'
import { AppError } from '../common/errors'
import type { CurrentUser } from '../common/types'
import { redis } from '../infra/redis'

/**
 * A fresh confirmation: somebody who is signed in has shown once more, a short while ago, that the right person sits
 * there. It belongs to one log-in, so that it helps nobody who holds another session of the same user.
 */
type Who = Pick<CurrentUser, 'id' | 'family'>

/** Where it is given, below the API base. */
export const CONFIRMATION_PATH = '/auth/confirmation'

const keyOf = ({ id, family }: Who) => `fba:confirmed:${id}:${family}`

/** Until when a confirmation holds that is given now, however often it is made use of. */
export const endOfConfirmation = (): Date => new Date(Date.now() + env.CONFIRMATION_SECONDS * 1000)

export async function keepConfirmation(who: Who, until: Date): Promise<void> {
  await redis().set(keyOf(who), until.getTime(), 'PXAT', until.getTime())
}

/** Until when what was confirmed holds; null where nothing does. */
export async function confirmedUntil(who: Who): Promise<Date | null> {
  const until = await redis().get(keyOf(who))
  return until === null ? null : new Date(Number(until))
}

/** @throws 403 `confirmation.needed`, with what to call for it in `data` */
export async function mustHaveConfirmed(who: Who): Promise<void> {
  if ((await confirmedUntil(who)) !== null) return
  const path = env.FASTAPI_API_V1_PATH + CONFIRMATION_PATH
  throw new AppError('confirmation.needed', {
    status: 403,
    params: { path },
    data: { confirmation_required: true, method: 'POST', path },
  })
}
