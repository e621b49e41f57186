import {
  badRequest,
  checkLock,
  conflict,
  countFailure,
  endSessionsOf,
  env,
  forbidden,
  newRecoveryCodes,
  newSecret,
  notFound,
  otpauthUri,
  qrDataUrl,
  verifyPassword,
  type Call,
  type Row,
} from '#core'
import { userRoleCrud } from '../crud/links'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { Proof } from '../schema/mfa'
import { sealSecret, spend, stepOf } from './second-factor'

const OWN_PATH = `${env.FASTAPI_API_V1_PATH}/sys/users/me/mfa`
const OFF = { mfa_secret: null, mfa_enabled: false, mfa_last_step: null, mfa_recovery_codes: null }

export async function status(call: Call) {
  const db = call.db.unfiltered
  const user = await userCrud.get(db, call.me.id)
  if (!user) throw notFound('user.not_found')
  const roles = await roleCrud.getMany(db, await userRoleCrud.rightOf(db, user.id))
  return {
    is_enabled: user.mfa_enabled,
    is_required: roles.some((role) => role.status === 1 && role.is_mfa_required),
    recovery_codes_left: user.mfa_recovery_codes?.length ?? 0,
  }
}

/**
 * Whether the caller showed his password. Hashing takes time, so this comes before the transaction.
 * @throws 400 `password.old_wrong`; failures count towards the lock of the account
 */
export async function checkPassword(call: Call, { password }: Pick<Proof, 'password'>): Promise<boolean> {
  const user = await userCrud.get(call.db.unfiltered, call.me.id)
  if (user?.password === null) return true // signs in elsewhere and has none to show
  if (!password) return false
  await checkLock(call.me.id)
  const { ok } = await verifyPassword(user?.password ?? null, password)
  if (!ok) throw await countFailure(call.me.id, badRequest('password.old_wrong'))
  return true
}

/** Makes a secret for the app. It counts for nothing until a code of it was confirmed. */
export async function enrol(call: Call, hasPassword: boolean) {
  const user = await lockSelf(call)
  if (user.mfa_enabled) throw conflict('mfa.already_enabled')
  if (!hasPassword) throw badRequest('password.empty')
  const secret = newSecret()
  await userCrud.update(call.db.unfiltered, user.id, { ...OFF, mfa_secret: sealSecret(user, secret) })
  const uri = otpauthUri(secret, user.username, env.MFA_ISSUER)
  return { secret, uri, qr_code: await qrDataUrl(uri) }
}

/** Switches the second factor on with a first code of the app. @returns the recovery codes, shown this once */
export async function confirm(call: Call, code: string) {
  const user = await lockSelf(call)
  if (user.mfa_enabled) throw conflict('mfa.already_enabled')
  if (user.mfa_secret === null) throw badRequest('mfa.not_enrolled')
  await checkLock(user.id)
  const step = stepOf(user, code)
  if (step === null) throw await countFailure(user.id, forbidden('mfa.code_invalid'))
  return giveRecoveryCodes(call, user, { mfa_enabled: true, mfa_last_step: step })
}

/** Replaces the recovery codes; the old ones stop working. */
export async function renewRecoveryCodes(call: Call, proof: Proof, hasPassword: boolean) {
  const user = await lockSelf(call)
  return giveRecoveryCodes(call, user, await prove(user, proof, hasPassword))
}

/** Switches the second factor off. A user whose role requires it has to set it up anew. */
export async function disable(call: Call, proof: Proof, hasPassword: boolean): Promise<void> {
  const user = await lockSelf(call)
  await prove(user, proof, hasPassword)
  await userCrud.update(call.db.unfiltered, user.id, OFF)
  call.outdates(`user:${user.id}`)
}

/** For another user who lost his app and his recovery codes: switches it off and ends his sessions. */
export async function reset(call: Call, userId: string): Promise<void> {
  // The own one goes by `disable`, which asks for proof: an open session alone must not do.
  if (userId === call.me.id) throw forbidden('mfa.reset_self', { path: OWN_PATH })
  const user = await userCrud.lock(call.db, userId)
  if (!user) throw notFound('user.not_found')
  if (user.mfa_secret === null) throw badRequest('mfa.not_enabled')
  await userCrud.update(call.db, userId, OFF)
  call.outdates(`user:${userId}`)
  await endSessionsOf(userId)
}

/** Whether members of a role must have a second factor. */
export async function roleRule(call: Call, roleId: string) {
  const role = await roleCrud.get(call.db, roleId)
  if (!role) throw notFound('role.not_found')
  return role
}

/** From the next request on members without a second factor can do nothing but set it up. */
export async function requireForRole(call: Call, roleId: string, isRequired: boolean): Promise<void> {
  if (!(await roleCrud.update(call.db, roleId, { is_mfa_required: isRequired }))) {
    throw notFound('role.not_found')
  }
  call.outdates('rights')
}

async function lockSelf(call: Call): Promise<Row<User>> {
  const user = await userCrud.lock(call.db.unfiltered, call.me.id)
  if (!user) throw notFound('user.not_found')
  return user
}

/** Checks a code where the password was not shown. @returns columns of a code that is used up by it */
async function prove(user: Row<User>, { code }: Proof, hasPassword: boolean) {
  if (!user.mfa_enabled) throw badRequest('mfa.not_enabled')
  if (!code && hasPassword && user.password !== null) return {}
  if (!code) throw badRequest('mfa.required')
  await checkLock(user.id)
  const spent = spend(user, code)
  if (!spent) throw await countFailure(user.id, forbidden('mfa.code_invalid'))
  return spent
}

async function giveRecoveryCodes(call: Call, user: Row<User>, changes: Partial<Row<User>>) {
  const { codes, hashes } = newRecoveryCodes()
  await userCrud.update(call.db.unfiltered, user.id, { ...changes, mfa_recovery_codes: hashes })
  call.outdates(`user:${user.id}`)
  return { recovery_codes: codes }
}
