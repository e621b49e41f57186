import { env } from '../config/env'
import { redis } from '../infra/redis'

/**
 * Where sessions live in Redis. The first three, one each per session, are the contract's (4.6):
 *
 *     fba:token:<user>:<session>             the access token
 *     fba:token_extra_info:<user>:<session>  what the session list shows
 *     fba:refresh_token:<user>:<session>     the refresh token
 *     fba:session:<user>:<family>            hash: which session of the family is the current one, which was before
 *     fba:sessions:<user>                    sorted set: families of the user by expiry in milliseconds
 *     fba:sessions                           sorted set: `<user>:<family>` of everybody by expiry of the access token
 *
 * A family is one log-in: every refresh gives the session a new name, the family stays. In a cluster the user id is
 * put in braces, so that all keys of a user lie on one node and can be changed in one step.
 */
export interface UserKeys {
  access: string
  info: string
  refresh: string
  family: string
  index: string
}

/** Beginnings of a user's keys, and his index. */
export function keysOf(userId: string): UserKeys {
  const user = redis().isCluster ? `{${userId}}` : userId
  return {
    access: `${env.TOKEN_REDIS_PREFIX}:${user}:`,
    info: `${env.TOKEN_EXTRA_INFO_REDIS_PREFIX}:${user}:`,
    refresh: `${env.TOKEN_REFRESH_REDIS_PREFIX}:${user}:`,
    family: `fba:session:${user}:`,
    index: `fba:sessions:${user}`,
  }
}

/** Hints for the list of all sessions: an entry whose token is gone means nothing. */
export const EVERYBODY = 'fba:sessions'
