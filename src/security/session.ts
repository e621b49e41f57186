import { randomUUID } from 'node:crypto'
import { env } from '../config/env'
import { unauthorized } from '../common/errors'
import { epochKeys, parseEpochs, type EpochState } from '../infra/epoch'
import { readKeys, redis } from '../infra/redis'
import { signToken, verifyToken } from './token'

export interface OpenedSession {
  session_uuid: string
  access_token: string
  access_expires: Date
}

const accessKey = (userId: string, session: string) => `${env.TOKEN_REDIS_PREFIX}:${userId}:${session}`

/** Opens a session: an access token that is good for as long as Redis knows it. */
export async function openSession(userId: string): Promise<OpenedSession> {
  const session_uuid = randomUUID()
  const { token, expires } = signToken('access', { user_id: userId, session_uuid }, env.TOKEN_EXPIRE_SECONDS)
  await redis().set(accessKey(userId, session_uuid), token, 'EX', env.TOKEN_EXPIRE_SECONDS)
  return { session_uuid, access_token: token, access_expires: expires }
}

export interface ReadSession {
  user_id: string
  session_uuid: string
  /** State of the epochs `rights` and `user:<id>`, read in the same round trip. */
  epochs: EpochState
}

/** The session behind an access token. @throws 401 when the token is broken, expired, revoked or replaced */
export async function readSession(token: string): Promise<ReadSession> {
  const { user_id, session_uuid } = verifyToken(token, 'access')
  const keys = [accessKey(user_id, session_uuid), ...epochKeys(['rights', `user:${user_id}`])]
  const [known, ...epochs] = await readKeys(redis(), keys)
  if (known === null || known === undefined) throw unauthorized('auth.token_expired')
  if (known !== token) throw unauthorized('auth.token_replaced')
  return { user_id, session_uuid, epochs: parseEpochs(epochs) }
}
