import { readKeys, redis } from '../infra/redis'
import { onlineAmong } from './online'
import { readSessionInfo, type ShownSession } from './session-info'
import { EVERYBODY, keysOf } from './session-key'
import { verifyToken } from './token'

export interface ListedSession {
  user_id: string
  session_uuid: string
  family: string
  /** null when nothing is known about it any more. */
  info: ShownSession | null
  is_online: boolean
  expires: Date
}

const BATCH = 500

interface Family {
  user_id: string
  family: string
}

/** All live sessions, the latest log-in or refresh first; those of the API page are left out. */
export async function listSessions(): Promise<ListedSession[]> {
  await redis().zremrangebyscore(EVERYBODY, '-inf', Date.now())
  const members = await redis().zrevrange(EVERYBODY, 0, -1)
  const families = members.map((member) => {
    const [userId = '', family = ''] = member.split(':')
    return { user_id: userId, family }
  })
  const found: ListedSession[] = []
  for (let from = 0; from < families.length; from += BATCH)
    found.push(...(await describe(families.slice(from, from + BATCH))))
  return found
}

/** The live sessions of one user, the latest first. */
export async function listSessionsOf(userId: string): Promise<ListedSession[]> {
  const families = await redis().zrevrange(keysOf(userId).index, 0, -1)
  const found = await describe(families.map((family) => ({ user_id: userId, family })))
  return found.sort((a, b) => b.expires.getTime() - a.expires.getTime())
}

async function describe(families: Family[]): Promise<ListedSession[]> {
  const names = await Promise.all(
    families.map(({ user_id, family }) => redis().hget(keysOf(user_id).family + family, 'current')),
  )
  const named = families.flatMap((one, at) => {
    const name = names[at]
    return name ? [{ ...one, session_uuid: name }] : []
  })
  if (named.length === 0) return []
  const [tokens, infos, online] = await Promise.all([
    readKeys(
      redis(),
      named.map((one) => keysOf(one.user_id).access + one.session_uuid),
    ),
    readKeys(
      redis(),
      named.map((one) => keysOf(one.user_id).info + one.session_uuid),
    ),
    onlineAmong(named.map((one) => one.family)),
  ])
  return named.flatMap((one, at) => {
    const expires = endOf(tokens[at])
    const info = readSessionInfo(infos[at])
    if (!expires || (info && 'swagger' in info)) return []
    return [{ ...one, info, expires, is_online: online.has(one.family) }]
  })
}

function endOf(token: string | null | undefined): Date | null {
  if (!token) return null
  try {
    return verifyToken(token, 'access').expires
  } catch {
    return null // expired this moment, or signed with a key that was replaced: not a live session
  }
}
