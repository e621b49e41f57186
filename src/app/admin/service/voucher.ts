import {
  checkLock,
  clearFailures,
  conflict,
  countFailure,
  forbidden,
  notFound,
  now,
  reader,
  type Call,
  type Db,
  type Row,
} from '#core'
import { roleCrud } from '../crud/role'
import { userRoleCrud } from '../crud/links'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import { codeMissing } from './credential'
import * as loginLog from './login-log'
import { giveCookie, openFor, tokenOf } from './opened-session'
import { spend } from './second-factor'
import { infoOf } from './session'

/** For plugins that let users in whom somebody else vouches for: no password is asked, everything else is the same. */

/** What such a plugin may know of a user. */
export interface KnownUser {
  id: string
  username: string
  email: string | null
  avatar: string | null
  is_enabled: boolean
  /** Is let in with a code only, and should have bound the other account himself. */
  has_second_factor: boolean
}

const known = (user: Row<User> | null): KnownUser | null =>
  user && {
    id: user.id,
    username: user.username,
    email: user.email,
    avatar: user.avatar,
    is_enabled: user.status === 1,
    has_second_factor: user.mfa_enabled,
  }

/** The user, who cannot be changed or deleted by others until the transaction ends. */
export const lockUser = async (db: Db, id: string) => known(await userCrud.lock(db.unfiltered, id))

/** By an address, letter case ignored. Databases take letters for equal that are not: those do not count. */
export async function findUserByEmail(db: Db, email: string): Promise<KnownUser | null> {
  const user = await userCrud.byEmail(db.unfiltered, email)
  return user?.email?.toLowerCase() === email.toLowerCase() ? known(user) : null
}

export const isUsernameFree = async (db: Db, username: string): Promise<boolean> =>
  !(await userCrud.byUsername(db.unfiltered, username))

/** Fills in an avatar where there is none. */
export async function giveAvatar(call: Call, user: KnownUser, avatar: string): Promise<void> {
  if (user.avatar) return
  await userCrud.update(call.db, user.id, { avatar })
  call.outdates(`user:${user.id}`)
}

/** A user who signs up by himself. */
export interface NewMember {
  username: string
  nickname: string
  /** Proved to be his. */
  email: string | null
  avatar: string | null
  /** Name of his role; null: the first enabled one. */
  role: string | null
}

/** Creates staff without a password. @throws 409 where name or address is taken, 404 where the role is not to be had */
export async function signUp(call: Call, { role: roleName, ...values }: NewMember): Promise<KnownUser> {
  const db = call.db.unfiltered
  if (await userCrud.byUsername(db, values.username)) throw conflict('user.name_taken')
  if (values.email && (await userCrud.byEmail(db, values.email))) throw conflict('user.email_taken')
  const wanted = roleName === null ? await roleCrud.firstEnabled(db) : await roleCrud.byName(db, roleName)
  const [role] = wanted ? await roleCrud.lockMany(db, [wanted.id]) : []
  if (role?.status !== 1) throw notFound('role.not_found')
  const user = await userCrud.create(call.db, {
    ...values,
    password: null,
    last_password_changed_time: null,
    is_staff: true,
    is_multi_login: false,
  })
  await userRoleCrud.replace(call.db, user.id, [role.id])
  return { ...values, id: user.id, is_enabled: true, has_second_factor: false }
}

/** A code of the app or a recovery code; null for none; or who vouches for the user has asked for a second factor itself. */
export type Factor = { mfa_code: string } | 'vouched_for' | null

/**
 * Opens a session as a log-in with a password does: one session where the user may have one only, the refresh cookie,
 * the time of the log-in, a row in the log-in log. Call it inside a transaction.
 * @param msg key of the words in the log-in log
 * @param factor what shows the second factor of a user who has one
 * @throws 403 `login.user_disabled`, `mfa.code_invalid`, `login.too_many_failures`, `login.account_locked`; 400
 *   `mfa.required`; 404 `user.not_found`; refusals are written into the log-in log
 */
export async function letIn(call: Call, { id, username }: KnownUser, msg: string, factor: Factor) {
  call.isOf(username)
  const user = await userCrud.lock(call.db, id)
  if (!user) throw notFound('user.not_found')
  const attempt = { username, user_uuid: user.uuid }
  const spent = await admit(user, factor).catch((refusal: unknown) => {
    call.afterRollback((again) => (again ? undefined : loginLog.failed(reader(), call, attempt, refusal)))
    throw refusal
  })
  const changes = { last_login_time: now(), ...spent }
  await userCrud.update(call.db, id, changes)
  await loginLog.succeeded(call, attempt, msg)
  const entered = { ...user, ...changes }
  const session = await openFor(call, entered, { info: infoOf(call, entered), renewable: true })
  giveCookie(call, session)
  return tokenOf(session)
}

/** @returns columns of the code that is used up by it */
async function admit(user: Row<User>, factor: Factor) {
  if (user.status !== 1) throw forbidden('login.user_disabled')
  if (!user.mfa_enabled || factor === 'vouched_for') return {}
  if (factor === null) throw codeMissing()
  await checkLock(user.id)
  const spent = spend(user, factor.mfa_code)
  if (!spent) throw await countFailure(user.id, forbidden('mfa.code_invalid'))
  await clearFailures(user.id)
  return spent
}

/** Writes down that somebody was refused whom nobody here knows. */
export const noteRefusal = (call: Call, username: string, error: unknown): Promise<void> =>
  loginLog.failed(reader(), call, { username, user_uuid: null }, error)
