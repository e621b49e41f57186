import { z } from '#core'
import type { Live } from '../config'
import { ask } from './outgoing'
import { Address, Email, Sid, Words, Yes, type Profile } from './profile'

const Account = z.object({
  id: Sid,
  name: Words,
  given_name: Words,
  email: Email,
  verified_email: Yes,
  picture: Address,
})

export const GOOGLE = {
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  user_info: 'https://www.googleapis.com/oauth2/v1/userinfo',
  scope: 'email openid profile',
}

export async function readGoogle(at: typeof GOOGLE, token: string, live: Live): Promise<Profile> {
  const account = Account.parse(await ask(at.user_info, live, token))
  return {
    sid: account.id,
    username: account.name ?? null,
    nickname: account.given_name ?? null,
    email: account.email ?? null,
    email_verified: account.verified_email,
    avatar: account.picture ?? null,
  }
}
