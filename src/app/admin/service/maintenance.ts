import {
  checkPolicy,
  conflict,
  generatePassword,
  isLocked,
  listSessionsOf,
  notFound,
  passwordPolicy,
  unlock,
  verifyPassword,
  type Call,
  type Db,
  type Row,
} from '#core'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'
import { createSuperUser } from './first-user'
import { prepareReset, reset } from './user-password'

/** What an administrator of the machine may do for users, without being one; called by the command line. */

/** A password to be used, and whether somebody has to be told it. */
interface Chosen {
  text: string
  /** The password where it was generated, else null. */
  generated: string | null
}

async function choose(given: string | null): Promise<Chosen> {
  const policy = await passwordPolicy()
  if (given === null) {
    const text = generatePassword(policy)
    return { text, generated: text }
  }
  checkPolicy(given, policy)
  return { text: given, generated: null }
}

export interface NewSuperUser {
  username: string
  email: string | null
  /** null: one is generated. */
  password: string | null
}

/** @returns the password where it was generated @throws 409 when name or mail address is taken, 400 by the password rules */
export async function addSuperUser(call: Call, input: NewSuperUser): Promise<string | null> {
  const { username, email } = input
  if (await userCrud.byUsername(call.db, username)) throw conflict('user.name_taken')
  if (email && (await userCrud.byEmail(call.db, email))) throw conflict('user.email_taken')
  const { text, generated } = await choose(input.password)
  await createSuperUser(call.db, username, text, email)
  return generated
}

export interface PasswordReset {
  username: string
  /** null: one is generated. */
  password: string | null
  /** Also forgets the second factor. */
  clear_mfa: boolean
}

export interface PasswordSet {
  generated: string | null
  ended_sessions: number
}

const NO_SECOND_FACTOR = {
  mfa_enabled: false,
  mfa_secret: null,
  mfa_last_step: null,
  mfa_recovery_codes: null,
}

/**
 * Sets a password, lifts a lock after wrong ones, and ends all sessions of the user.
 * @throws 404 for an unknown user, 400 by the password rules
 */
export async function setPassword(call: Call, input: PasswordReset): Promise<PasswordSet> {
  const user = await named(call.db, input.username)
  const { text, generated } = await choose(input.password)
  const sessions = await listSessionsOf(user.id)
  await reset(call, user.id, text, await prepareReset(call, user.id, text))
  if (input.clear_mfa) await userCrud.update(call.db, user.id, NO_SECOND_FACTOR)
  call.afterCommit(() => unlock(user.id))
  return { generated, ended_sessions: sessions.length }
}

export interface LiftedLock {
  was_locked: boolean
  /** Switched off by an administrator, which a lock has nothing to do with. */
  is_disabled: boolean
}

/** Forgets the wrong passwords of a user, and on request enables one that was disabled. @throws 404 */
export async function liftLock(call: Call, username: string, enable: boolean): Promise<LiftedLock> {
  const user = await named(call.db, username)
  const wasLocked = await isLocked(user.id)
  if (enable && user.status === 0) {
    await userCrud.update(call.db, user.id, { status: 1 })
    call.outdates(`user:${user.id}`)
  }
  call.afterCommit(() => unlock(user.id))
  return { was_locked: wasLocked, is_disabled: user.status === 0 && !enable }
}

async function named(db: Db, username: string): Promise<Row<User>> {
  const user = await userCrud.byUsername(db, username)
  if (!user) throw notFound('user.not_found')
  return user
}

/** Whether anybody can sign in who may do everything. */
export const hasSuperUser = (db: Db): Promise<boolean> =>
  userCrud.exists(db, { is_superuser: true, is_staff: true, status: 1 })

/** Of the users with these names, those who can sign in with the given password. */
export async function usersWithKnownPassword(db: Db, names: string[], password: string): Promise<string[]> {
  const users = await userCrud.find(db, { where: { username: names, status: 1 } })
  const tried = await Promise.all(
    users.map(async (user) => ({
      name: user.username,
      ok: user.password !== null && (await verifyPassword(user.password, password)).ok,
    })),
  )
  return tried.filter(({ ok }) => ok).map(({ name }) => name)
}
