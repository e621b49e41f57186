import {
  badRequest,
  checkLock,
  clearFailures,
  confirmedUntil,
  countFailure,
  endOfConfirmation,
  forbidden,
  keepConfirmation,
  notFound,
  verifyPassword,
  type Call,
  type Row,
} from '#core'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { Proof } from '../schema/mfa'
import { spend } from './second-factor'

export async function state(call: Call) {
  const user = await userCrud.get(call.db.unfiltered, call.me.id)
  if (!user) throw notFound('user.not_found')
  return { accepts: waysOf(user), confirmed_until: await confirmedUntil(call.me) }
}

const waysOf = (user: Row<User>): ('password' | 'code')[] => [
  ...(user.password === null ? [] : ['password' as const]),
  ...(user.mfa_enabled ? ['code' as const] : []),
]

/**
 * Whether the caller's password was shown. Hashing takes time, so this comes before the transaction.
 * @returns the hash that it fits, null where a code has to be looked at instead
 * @throws 403 `confirmation.password_wrong`; failures count towards the lock of the account, as at the log-in
 */
export async function check(call: Call, { password }: Proof): Promise<string | null> {
  await checkLock(call.me.id)
  if (!password) return null
  const user = await userCrud.get(call.db.unfiltered, call.me.id)
  const { ok } = await verifyPassword(user?.password ?? null, password)
  if (!user || !ok) throw await countFailure(call.me.id, forbidden('confirmation.password_wrong'))
  return user.password
}

/** Notes that the right person sits there, for this session and a short while. @param shown what `check` returned */
export async function confirm(call: Call, { code }: Proof, shown: string | null) {
  const user = await userCrud.lock(call.db.unfiltered, call.me.id)
  if (!user) throw notFound('user.not_found')
  const accepts = waysOf(user)
  if (accepts.length === 0) throw badRequest('confirmation.impossible')
  if (shown === null) await useUp(call, user, code)
  else if (shown !== user.password) throw forbidden('confirmation.password_wrong') // changed meanwhile
  await clearFailures(user.id)
  const until = endOfConfirmation()
  call.afterCommit(() => keepConfirmation(call.me, until))
  return { accepts, confirmed_until: until }
}

/** A code works once: the row is locked. */
async function useUp(call: Call, user: Row<User>, code: string | null | undefined): Promise<void> {
  if (!code) throw badRequest('confirmation.empty')
  const spent = user.mfa_enabled ? spend(user, code) : null
  if (!spent) throw await countFailure(user.id, forbidden('mfa.code_invalid'))
  await userCrud.update(call.db.unfiltered, user.id, spent)
}
