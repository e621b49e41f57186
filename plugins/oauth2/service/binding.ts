import { badRequest, forbidden, notFound, type Call } from '#core'
import { lockUser } from '#app/admin'
import { userSocialCrud } from '../crud/user-social'
import type { Profile } from '../provider/profile'

/** Sources of the accounts bound to the acting user. */
export async function sources(call: Call): Promise<string[]> {
  const bound = await userSocialCrud.ofUser(call.db, call.me.id)
  return bound.map(({ source }) => source)
}

/**
 * Binds an account to the user who asked for it.
 * @throws 403 where the user is gone or disabled by now, 400 where user or account is bound already
 */
export async function bind(
  call: Call,
  userId: string | null,
  source: string,
  { sid }: Profile,
): Promise<void> {
  const user = userId === null ? null : await lockUser(call.db, userId)
  if (!user) throw forbidden('oauth2.state_invalid')
  call.isOf(user.username)
  if (!user.is_enabled) throw forbidden('login.user_disabled')
  if (await userSocialCrud.isBound(call.db, user.id, source)) throw badRequest('oauth2.already_bound')
  if (await userSocialCrud.byAccount(call.db, source, sid)) throw badRequest('oauth2.account_taken')
  await userSocialCrud.create(call.db, { user_id: user.id, source, sid })
}

/** @throws 404 where no account of the source is bound to the acting user */
export async function unbind(call: Call, source: string): Promise<void> {
  const removed = await userSocialCrud.removeOf(call.db, call.me.id, source)
  if (removed === 0) throw notFound('oauth2.not_bound')
}

/** Takes the bindings of a user away who is being deleted. */
export async function unbindAll(call: Call, userId: string): Promise<void> {
  await userSocialCrud.removeOf(call.db, userId)
}
