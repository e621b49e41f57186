import { now, secrets, useRecoveryCode, verifyCode, type Row } from '#core'
import type { User } from '../model/user'

type FactorColumns = Partial<Pick<Row<User>, 'mfa_last_step' | 'mfa_recovery_codes'>>

/** A sealed secret cannot be carried over to another account. */
const placeOf = (user: { id: string }) => `sys_user.mfa_secret:${user.id}`

export const sealSecret = (user: { id: string }, secret: string): string =>
  secrets().seal(secret, placeOf(user))

/**
 * Uses up a code of the app or a recovery code. Only on a locked row it is certain that each works once.
 * @returns the columns to store; null when the code is wrong, or was used already
 */
export function spend(user: Row<User>, code: string): FactorColumns | null {
  const step = stepOf(user, code)
  if (step !== null) return { mfa_last_step: step }
  const left = useRecoveryCode(user.mfa_recovery_codes ?? [], code)
  return left && { mfa_recovery_codes: left }
}

/** The 30-second step of a right code of the app, null for a wrong one. */
export function stepOf(user: Row<User>, code: string): number | null {
  if (user.mfa_secret === null) return null
  const secret = secrets().open(user.mfa_secret, placeOf(user))
  return verifyCode(secret, code, { lastStep: user.mfa_last_step, now: now().getTime() })
}
