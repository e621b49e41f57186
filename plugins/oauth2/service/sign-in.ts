import { conflict, forbidden, type AppError, type Call } from '#core'
import {
  findUserByEmail,
  giveAvatar,
  isUsernameFree,
  lockUser,
  noteRefusal,
  signUp,
  type KnownUser,
} from '#app/admin'
import { randomBytes } from 'node:crypto'
import type { Live } from '../config'
import { userSocialCrud } from '../crud/user-social'
import type { Profile } from '../provider/profile'

/**
 * The user behind an account: the one it is bound to, else the one with its verified address, else a new one.
 * @throws 403 `oauth2.sign_up_off`; 409 `oauth2.bind_first`, `oauth2.already_bound`
 */
export async function userOf(call: Call, source: string, profile: Profile, live: Live): Promise<KnownUser> {
  call.isOf(profile.username ?? profile.sid)
  const user =
    (await boundUser(call, source, profile.sid)) ??
    (await userByEmail(call, source, profile, live)) ??
    (await newUser(call, source, profile, live))
  if (profile.avatar !== null && user.is_enabled) await giveAvatar(call, user, profile.avatar)
  return user
}

async function boundUser(call: Call, source: string, sid: string): Promise<KnownUser | null> {
  const binding = await userSocialCrud.byAccount(call.db, source, sid)
  const user = binding && (await lockUser(call.db, binding.user_id))
  // Left over from a user who was deleted while this plugin was switched off.
  if (binding && !user) await userSocialCrud.remove(call.db, [binding.id])
  return user
}

/** An address that nobody has verified may be anybody's, so it leads to nobody. */
async function userByEmail(
  call: Call,
  source: string,
  profile: Profile,
  live: Live,
): Promise<KnownUser | null> {
  if (profile.email === null || !profile.email_verified) return null
  const found = await findUserByEmail(call.db, profile.email)
  if (!found) return null
  const mayLink = live.OAUTH2_LINK_BY_EMAIL && !found.has_second_factor
  if (!mayLink) throw refused(call, profile, conflict('oauth2.bind_first'))
  if (await userSocialCrud.isBound(call.db, found.id, source)) {
    throw refused(call, profile, conflict('oauth2.already_bound'))
  }
  await userSocialCrud.create(call.db, { user_id: found.id, source, sid: profile.sid })
  return found
}

async function newUser(call: Call, source: string, profile: Profile, live: Live): Promise<KnownUser> {
  if (live.OAUTH2_SIGN_UP === 'off') throw refused(call, profile, forbidden('oauth2.sign_up_off'))
  const username = await freeUsername(call, profile.username)
  const user = await signUp(call, {
    username,
    nickname: (profile.nickname ?? username).slice(0, 64),
    email: profile.email_verified ? profile.email : null,
    avatar: profile.avatar,
    role: live.OAUTH2_SIGN_UP_ROLE,
  })
  await userSocialCrud.create(call.db, { user_id: user.id, source, sid: profile.sid })
  return user
}

/** The name at the provider, else one made from it. @throws 409 when luck has run out */
async function freeUsername(call: Call, wanted: string | null): Promise<string> {
  const name = (wanted ?? fiveLetters()).slice(0, 58)
  const candidates = [name, ...Array.from({ length: 10 }, () => `${name}_${fiveLetters()}`)]
  for (const candidate of candidates) {
    if (await isUsernameFree(call.db, candidate)) return candidate // the first one nearly always is
  }
  throw conflict('user.name_taken')
}

const fiveLetters = () => randomBytes(4).toString('hex').slice(0, 5)

/** The log-in log keeps the refusal although nothing else is kept. */
function refused(call: Call, { username, sid }: Profile, error: AppError): AppError {
  call.afterRollback((again) => (again ? undefined : noteRefusal(call, username ?? sid, error)))
  return error
}
