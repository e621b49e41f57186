import {
  AppError,
  checkLock,
  countFailure,
  liveEnv,
  type LiveEnv,
  forbidden,
  hashPassword,
  now,
  subjectOf,
  verifyPassword,
  type Call,
  type Db,
  type Row,
} from '#core'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import type { Attempt } from './login-log'
import { spend } from './second-factor'

/** What somebody shows who wants to sign in. */
export interface Credentials {
  password: string
  mfa_code?: string | null | undefined
}

/** What was found out about a user who showed the right credentials. */
export interface Verified {
  user: Row<User>
  /** The code of the second factor, empty where there is none. */
  code: string
  /** A hash with today's parameters to be stored; null where the stored one is good. */
  upgraded: string | null
  /** Whole days until the password expires, inside the reminder window. */
  days_left: number | null
}

/**
 * Name and password of a log-in, in the order of contract 4.1, and whether a code of the second factor came along. An
 * unknown name and a wrong password get the same answer after the same time; so only who knows the password hears that
 * the user is disabled.
 * @param attempt gets the user's uuid as soon as it is known
 * @throws 403 `login.user_disabled`, `.account_locked`, `.wrong_credentials`, `.too_many_failures`, `.password_expired`;
 *   400 `mfa.required` with `{ mfa_required: true }`
 */
export async function check(call: Call, shown: Credentials, attempt: Attempt): Promise<Verified> {
  const user = await userCrud.byUsername(call.db, attempt.username)
  attempt.user_uuid = user?.uuid ?? null
  const subject = subjectOf(user, attempt.username)
  await checkLock(subject)
  const { ok, needsUpgrade } = await verifyPassword(user?.password ?? null, shown.password)
  if (!user || !ok) throw await countFailure(subject, forbidden('login.wrong_credentials'))
  if (user.status === 0) throw forbidden('login.user_disabled')
  const left = daysLeft(user.last_password_changed_time, await liveEnv())
  const code = shown.mfa_code ?? ''
  if (user.mfa_enabled && code === '') throw codeMissing()
  return { user, code, upgraded: needsUpgrade ? await hashPassword(shown.password) : null, days_left: left }
}

/** The pages must tell it from a stale token, which is what 401 means to them. */
export const codeMissing = () => new AppError('mfa.required', { status: 400, data: { mfa_required: true } })

/**
 * Notes the log-in in the user's row, which locks it until the commit, and makes sure that nothing has changed since
 * the credentials were checked. Who changes the password meanwhile waits for the lock and then ends this session too;
 * of two log-ins with one code the second finds it used.
 * @throws 403 `login.wrong_credentials`, `mfa.code_invalid`, `login.too_many_failures`
 */
export async function confirm(db: Db, { user, code, upgraded }: Verified): Promise<Row<User>> {
  const current = await userCrud.lock(db, user.id)
  if (!current || current.status !== 1 || current.password !== user.password) {
    throw forbidden('login.wrong_credentials')
  }
  const spent = current.mfa_enabled ? spend(current, code) : {}
  if (!spent) throw await countFailure(user.id, forbidden('mfa.code_invalid'))
  const changes = { last_login_time: now(), ...(upgraded !== null && { password: upgraded }), ...spent }
  await userCrud.update(db, user.id, changes)
  return { ...current, ...changes }
}

const DAY = 86_400_000

/** Whole days a password is still good for, null outside the reminder window. @throws 403 when it is too old */
function daysLeft(changed: Date | null, live: LiveEnv): number | null {
  if (live.USER_PASSWORD_EXPIRY_DAYS === 0) return null
  const end = (changed?.getTime() ?? -Infinity) + live.USER_PASSWORD_EXPIRY_DAYS * DAY
  const left = end - now().getTime()
  if (left < 0) throw forbidden('login.password_expired')
  const days = Math.floor(left / DAY)
  return days <= live.USER_PASSWORD_REMINDER_DAYS ? days : null
}
