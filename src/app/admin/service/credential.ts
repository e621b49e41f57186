import {
  checkLock,
  countFailure,
  env,
  forbidden,
  hashPassword,
  now,
  subjectOf,
  verifyPassword,
  type Call,
  type Row,
} from '#core'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { Attempt } from './login-log'

/** What was found out about a user who gave the right password. */
export interface Verified {
  user: Row<User>
  /** A hash with today's parameters to be stored; null where the stored one is good. */
  upgraded: string | null
  /** Whole days until the password expires, inside the reminder window. */
  days_left: number | null
}

/**
 * Name and password of a log-in, in the order of contract 4.1. An unknown name and a wrong password get the same
 * answer after the same time.
 * @param attempt gets the user's uuid as soon as it is known
 * @throws 403 `login.user_disabled`, `.account_locked`, `.wrong_credentials`, `.too_many_failures`, `.password_expired`
 */
export async function check(call: Call, password: string, attempt: Attempt): Promise<Verified> {
  const user = await userCrud.byUsername(call.db, attempt.username)
  attempt.user_uuid = user?.uuid ?? null
  if (user?.status === 0) throw forbidden('login.user_disabled')
  const subject = subjectOf(user, attempt.username)
  await checkLock(subject)
  const { ok, needsUpgrade } = await verifyPassword(user?.password ?? null, password)
  if (!user || !ok) throw await countFailure(subject, forbidden('login.wrong_credentials'))
  const left = daysLeft(user.last_password_changed_time)
  return { user, upgraded: needsUpgrade ? await hashPassword(password) : null, days_left: left }
}

const DAY = 86_400_000

/** Whole days a password is still good for, null outside the reminder window. @throws 403 when it is too old */
function daysLeft(changed: Date | null): number | null {
  if (env.USER_PASSWORD_EXPIRY_DAYS === 0) return null
  const end = (changed?.getTime() ?? -Infinity) + env.USER_PASSWORD_EXPIRY_DAYS * DAY
  const left = end - now().getTime()
  if (left < 0) throw forbidden('login.password_expired')
  const days = Math.floor(left / DAY)
  return days <= env.USER_PASSWORD_REMINDER_DAYS ? days : null
}
