import { text as readAll } from 'node:stream/consumers'
import { z } from 'zod'
import { addSuperUser, liftLock, setPassword } from '../../app/admin'
import { say } from '../../utils/printer'
import type { UserOptions } from '../command/user'
import { withSteward } from '../opened'
import { failed, misused } from '../outcome'
import { count, sayJson } from '../output'
import { asOperation } from '../recorded'

export async function createSuper(username: string, options: UserOptions): Promise<void> {
  const email = options.email ?? null
  if (!/^\S{1,64}$/.test(username)) throw misused('A user name has 1 to 64 characters and no blanks.')
  if (email !== null && !z.email().max(256).safeParse(email).success)
    throw misused(`${email} is not a mail address.`)
  const password = await passwordFrom(options)
  await withSteward(async () => {
    const generated = await asOperation('user create-super', { username, email }, (call) =>
      addSuperUser(call, { username, email, password }),
    )
    if (options.json) return sayJson({ username, password: generated })
    say(`Created the super user ${username}.`)
    showPassword(generated)
  })
}

export async function resetPassword(username: string, options: UserOptions): Promise<void> {
  const password = await passwordFrom(options)
  const clearMfa = options.clearMfa === true
  await withSteward(async () => {
    const { generated, ended_sessions } = await asOperation(
      'user reset-password',
      { username, clear_mfa: clearMfa },
      (call) => setPassword(call, { username, password, clear_mfa: clearMfa }),
    )
    if (options.json) return sayJson({ username, password: generated, ended_sessions })
    say(`Set a new password for ${username} and ended ${count(ended_sessions, 'session')}.`)
    showPassword(generated)
  })
}

export async function unlock(username: string, options: UserOptions): Promise<void> {
  const enable = options.enable === true
  await withSteward(async () => {
    const lifted = await asOperation('user unlock', { username, enable }, (call) =>
      liftLock(call, username, enable),
    )
    if (options.json) sayJson({ username, ...lifted })
    else say(lifted.was_locked ? `Lifted the lock of ${username}.` : `${username} was not locked.`)
    if (lifted.is_disabled)
      throw failed(
        `${username} is disabled, which is no lock. To enable: steward user unlock ${username} --enable`,
      )
  })
}

function showPassword(generated: string | null): void {
  if (generated !== null) say(`Password (shown only now): ${generated}`)
}

/** Null where one is to be generated. A line end after it does not belong to it. */
async function passwordFrom({ passwordStdin }: UserOptions): Promise<string | null> {
  if (!passwordStdin) return null
  const given = (await readAll(process.stdin)).replace(/\r?\n$/, '')
  if (given === '') throw misused('--password-stdin was given, but there is nothing on standard input.')
  return given
}
