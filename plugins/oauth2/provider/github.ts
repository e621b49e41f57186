import { z } from '#core'
import type { Live } from '../config'
import { ask } from './outgoing'
import { Address, Email, Sid, Words, Yes, type Profile } from './profile'

const Account = z.object({ id: Sid, login: Words, name: Words, avatar_url: Address })
const Emails = z.array(z.object({ email: Email, primary: Yes, verified: Yes }))

export const GITHUB = {
  authorize: 'https://github.com/login/oauth/authorize',
  token: 'https://github.com/login/oauth/access_token',
  user_info: 'https://api.github.com/user',
  emails: 'https://api.github.com/user/emails',
  scope: 'user user:email',
}

/** The address in the profile is what the user likes to show; which are verified only the list says. */
export async function readGithub(at: typeof GITHUB, token: string, live: Live): Promise<Profile> {
  const [account, emails] = await Promise.all([
    ask(at.user_info, live, token).then((answer) => Account.parse(answer)),
    ask(at.emails, live, token).then((answer) => Emails.parse(answer)),
  ])
  const email = emails.find(({ primary }) => primary) ?? emails[0]
  return {
    sid: account.id,
    username: account.login ?? null,
    nickname: account.name ?? null,
    email: email?.email ?? null,
    email_verified: email?.verified ?? false,
    avatar: account.avatar_url ?? null,
  }
}
