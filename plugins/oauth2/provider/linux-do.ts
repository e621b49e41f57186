import { z } from '#core'
import type { Live } from '../config'
import { ask } from './outgoing'
import { Address, Email, Sid, Words, type Profile } from './profile'

const Account = z.object({ id: Sid, username: Words, name: Words, email: Email, avatar_url: Address })

export const LINUX_DO = {
  authorize: 'https://connect.linux.do/oauth2/authorize',
  token: 'https://connect.linux.do/oauth2/token',
  user_info: 'https://connect.linux.do/api/user',
  scope: 'user',
}

/** It does not say whether an address is verified, so none is. */
export async function readLinuxDo(at: typeof LINUX_DO, token: string, live: Live): Promise<Profile> {
  const account = Account.parse(await ask(at.user_info, live, token))
  return {
    sid: account.id,
    username: account.username ?? null,
    nickname: account.name ?? null,
    email: account.email ?? null,
    email_verified: false,
    avatar: account.avatar_url ?? null,
  }
}
