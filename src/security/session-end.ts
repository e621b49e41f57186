import { connectRedis, redis } from '../infra/redis'
import { logger } from '../infra/logger'
import { EVERYBODY } from './session-key'
import { forgetOnline } from './online'

const CHANNEL = 'fba:session:ended'

/** Sessions that are over; open sockets of these families are to be closed. */
export interface EndedSessions {
  user_id: string
  families: string[]
}

/** Tells every process that sessions are over. Their tokens are dead already: this closes what is still open. */
export async function announceEnded(userId: string, families: string[]): Promise<void> {
  if (families.length === 0) return
  await redis().zrem(EVERYBODY, ...families.map((family) => `${userId}:${family}`))
  await forgetOnline(families)
  await redis().publish(CHANNEL, JSON.stringify({ user_id: userId, families } satisfies EndedSessions))
}

/** Calls back whenever sessions end, on whichever process. @returns how to stop it */
export async function watchEndedSessions(run: (ended: EndedSessions) => void): Promise<() => void> {
  const subscriber = connectRedis('subscriber')
  subscriber.on('message', (_channel: string, message: string) => {
    const ended = readMessage(message)
    if (ended) run(ended)
    else logger.warn('a message about ended sessions could not be read', { message: message.slice(0, 200) })
  })
  await subscriber.subscribe(CHANNEL)
  return () => subscriber.disconnect()
}

function readMessage(message: string): EndedSessions | null {
  try {
    const value: unknown = JSON.parse(message)
    return isEnded(value) ? value : null
  } catch {
    return null
  }
}

const isEnded = (value: unknown): value is EndedSessions =>
  typeof value === 'object' &&
  value !== null &&
  'user_id' in value &&
  typeof value.user_id === 'string' &&
  'families' in value &&
  Array.isArray(value.families)
