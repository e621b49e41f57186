import {
  badRequest,
  checkPolicy,
  endSessionsOf,
  env,
  hashPassword,
  isReused,
  notFound,
  now,
  policyFromEnv,
  verifyPassword,
  type Call,
  type Db,
  type Row,
} from '#core'
import { passwordHistoryCrud } from '../crud/password-history'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { ChangePassword } from '../schema/user'

/** Changes the password of the signed-in user; all his sessions end, this one too. */
export async function changeOwn(call: Call, input: ChangePassword): Promise<void> {
  const user = await mustLock(call.db.unfiltered, call.me.id)
  if (user.password !== null && !(await verifyPassword(user.password, input.old_password)).ok) {
    throw badRequest('password.old_wrong')
  }
  if (input.new_password !== input.confirm_password) throw badRequest('password.mismatch')
  await setPassword(call, user, input.new_password)
}

/** Gives a user a new password; all his sessions end. */
export async function reset(call: Call, id: string, password: string): Promise<void> {
  await setPassword(call, await mustLock(call.db, id), password)
}

/** The hash of a password that satisfies the policy. @throws 400 naming the first rule it breaks */
export async function newPassword(password: string): Promise<string> {
  checkPolicy(password, policyFromEnv())
  return hashPassword(password)
}

/** Adds a hash that was just set to the history, so that the password cannot be used again too soon. */
export const remember = (db: Db, userId: string, hash: string): Promise<void> =>
  passwordHistoryCrud.append(db, [{ user_id: userId, password: hash }])

async function setPassword(call: Call, user: Row<User>, password: string): Promise<void> {
  checkPolicy(password, policyFromEnv())
  await checkHistory(call.db, user, password)
  const hash = await hashPassword(password)
  await userCrud.update(call.db.unfiltered, user.id, {
    password: hash,
    salt: null,
    last_password_changed_time: now(),
  })
  await remember(call.db, user.id, hash)
  call.outdates(`user:${user.id}`)
  // Before the commit, while the row is locked: should this process die, the old password has no session left.
  await endSessionsOf(user.id)
}

/** The current password counts even where it is in no history, as in an imported database. */
async function checkHistory(db: Db, user: Row<User>, password: string): Promise<void> {
  const count = env.USER_PASSWORD_HISTORY_CHECK_COUNT
  if (count === 0) return
  const latest = await passwordHistoryCrud.latest(db, user.id, count)
  const hashes = [...new Set([...(user.password === null ? [] : [user.password]), ...latest])]
  if (await isReused(password, hashes.slice(0, count))) throw badRequest('password.reused', { count })
}

async function mustLock(db: Db, id: string): Promise<Row<User>> {
  const user = await userCrud.lock(db, id)
  if (!user) throw notFound('user.not_found')
  return user
}
