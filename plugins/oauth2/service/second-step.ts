import { createHash } from 'node:crypto'
import { forbidden, limit, redis, z, type Call } from '#core'
import { letIn, lockUser } from '#app/admin'
import { live, type Live } from '../config'
import { userSocialCrud } from '../crud/user-social'
import { newSecret } from '../provider/grant'
import type { SecondStep } from '../schema/oauth2'
import { isBrowser, rememberBrowser } from './flow'

/** Somebody whom a service has vouched for and who still owes the code of his second factor. */
const Waiting = z.object({ user_id: z.string(), source: z.string(), browser: z.string().nullable() })
type Waiting = z.output<typeof Waiting>

/** A ticket is no second chance to guess: the lock of the account counts as well. */
const TRIES = 5

const hashOf = (ticket: string) => createHash('sha256').update(ticket).digest('base64url')
const keyOf = (now: Live, ticket: string) => `${now.OAUTH2_STATE_REDIS_PREFIX}:mfa:${hashOf(ticket)}`

/** @returns a ticket that with a right code opens a session, once, for a while, and for this browser */
export async function begin(
  call: Call,
  user: { user_id: string; source: string },
  now: Live,
): Promise<string> {
  const ticket = newSecret()
  const waiting: Waiting = { ...user, browser: rememberBrowser(call, now) }
  await redis().set(keyOf(now, ticket), JSON.stringify(waiting), 'EX', now.OAUTH2_STATE_EXPIRE_SECONDS)
  return ticket
}

/** Who waits with this ticket. @throws 403 `oauth2.state_invalid`, 429 after too many codes */
export async function read(call: Call, { ticket }: SecondStep): Promise<Waiting> {
  const now = await live()
  const text = await redis().get(keyOf(now, ticket))
  const waiting = text === null ? null : Waiting.parse(JSON.parse(text))
  if (!waiting || !isBrowser(call, waiting.browser)) throw forbidden('oauth2.state_invalid')
  const rule = { name: 'oauth2-mfa', points: TRIES, seconds: now.OAUTH2_STATE_EXPIRE_SECONDS }
  await limit(rule, hashOf(ticket))
  return waiting
}

/**
 * Opens the session.
 * @throws 403 `mfa.code_invalid` and what else a log-in with a wrong code says; `oauth2.state_invalid` where the account
 *   is not bound to the user any more
 */
export async function finish(call: Call, { ticket, mfa_code }: SecondStep, waiting: Waiting) {
  const user = await lockUser(call.db, waiting.user_id)
  if (!user || !(await userSocialCrud.isBound(call.db, user.id, waiting.source)))
    throw forbidden('oauth2.state_invalid')
  const tokens = await letIn(call, user, 'success.login.oauth2_success', { mfa_code })
  const now = await live()
  call.afterCommit(async () => void (await redis().del(keyOf(now, ticket))))
  return tokens
}
