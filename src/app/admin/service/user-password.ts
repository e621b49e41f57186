import {
  badRequest,
  checkLock,
  checkPolicy,
  countFailure,
  endSessionsOf,
  hashPassword,
  isReused,
  liveEnv,
  notFound,
  now,
  passwordPolicy,
  verifyPassword,
  type Call,
  type Db,
  type Row,
} from '#core'
import { passwordHistoryCrud } from '../crud/password-history'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { ChangePassword } from '../schema/user'

/** A new password that may be set, hashed before the transaction begins. */
export interface PreparedPassword {
  hash: string
  /** The password it replaces, and those it was compared with: all as hashes. */
  replaces: string | null
  compared: string[]
}

/**
 * Checks the change of one's own password: the old one, then that both new ones agree, then the policy.
 * Somebody without a password is asked for no old one.
 */
export async function prepareOwn(call: Call, input: ChangePassword): Promise<PreparedPassword> {
  const user = await mustExist(call.db, call.me.id)
  if (user.password !== null) await checkOldPassword(user, user.password, input.old_password)
  if (input.new_password !== input.confirm_password) throw badRequest('password.mismatch')
  return prepare(call.db, user, input.new_password)
}

/** Wrong tries count towards the lock of the account, or a stolen session could guess without end. */
async function checkOldPassword(user: Row<User>, stored: string, old: string): Promise<void> {
  await checkLock(user.id)
  if (!(await verifyPassword(stored, old)).ok)
    throw await countFailure(user.id, badRequest('password.old_wrong'))
}

/** Changes the password of the signed-in user; all his sessions end, this one too. */
export async function changeOwn(call: Call, input: ChangePassword, prepared: PreparedPassword) {
  const user = await mustLock(call.db, call.me.id)
  if (user.password !== prepared.replaces) throw badRequest('password.old_wrong')
  await setPassword(call, user, input.new_password, prepared)
}

/** Checks a password that a user is to be given. */
export async function prepareReset(call: Call, id: string, password: string): Promise<PreparedPassword> {
  return prepare(call.db, await mustExist(call.db, id), password)
}

/** Gives a user a new password; all his sessions end. */
export async function reset(call: Call, id: string, password: string, prepared: PreparedPassword) {
  await setPassword(call, await mustLock(call.db, id), password, prepared)
}

/** The hash of a password for a new user. @throws 400 naming the first rule it breaks */
export async function newPassword(password: string): Promise<string> {
  if (password === '') throw badRequest('password.empty')
  checkPolicy(password, await passwordPolicy())
  return hashPassword(password)
}

/** Adds a hash that was just set to the history, so that the password cannot be used again too soon. */
export const remember = (db: Db, userId: string, hash: string): Promise<void> =>
  passwordHistoryCrud.append(db, [{ user_id: userId, password: hash }])

async function prepare(db: Db, user: Row<User>, password: string): Promise<PreparedPassword> {
  checkPolicy(password, await passwordPolicy())
  const compared = await latestOf(db, user)
  await refuseReuse(password, compared)
  return { hash: await hashPassword(password), replaces: user.password, compared }
}

async function setPassword(call: Call, user: Row<User>, password: string, prepared: PreparedPassword) {
  const db = call.db.unfiltered
  const { hash, compared } = prepared
  // Set by somebody else since the comparison: hardly ever any.
  const newer = (await latestOf(db, user)).filter((one) => !compared.includes(one))
  await refuseReuse(password, newer)
  await userCrud.update(db, user.id, { password: hash, salt: null, last_password_changed_time: now() })
  await remember(db, user.id, hash)
  call.outdates(`user:${user.id}`)
  // Before the commit, while the row is locked: should this process die, the old password has no session left.
  await endSessionsOf(user.id)
}

/** Hashes of the passwords that count; the current one also where it is in no history, as in an imported database. */
async function latestOf(db: Db, user: Row<User>): Promise<string[]> {
  const count = (await liveEnv()).USER_PASSWORD_HISTORY_CHECK_COUNT
  if (count === 0) return []
  const latest = await passwordHistoryCrud.latest(db, user.id, count)
  return [...new Set([...(user.password === null ? [] : [user.password]), ...latest])].slice(0, count)
}

async function refuseReuse(password: string, hashes: string[]): Promise<void> {
  if (!(await isReused(password, hashes))) return
  throw badRequest('password.reused', { count: (await liveEnv()).USER_PASSWORD_HISTORY_CHECK_COUNT })
}

async function mustExist(db: Db, id: string): Promise<Row<User>> {
  const user = await userCrud.get(db.unfiltered, id)
  if (!user) throw notFound('user.not_found')
  return user
}

async function mustLock(db: Db, id: string): Promise<Row<User>> {
  const user = await userCrud.lock(db.unfiltered, id)
  if (!user) throw notFound('user.not_found')
  return user
}
