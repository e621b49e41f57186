import { createHash, randomBytes } from 'node:crypto'
import { unauthorized } from '../common/errors'
import { redis } from '../infra/redis'
import { isSessionOpen } from './session'

/**
 * How a browser comes to a page that is for signed-in users: it cannot send the access token of a console, so the
 * console asks for a ticket, and the page takes the ticket for a pass, which the browser keeps as a cookie. Only hashes
 * of both are stored.
 */
const TICKET_SECONDS = 60
export const PASS_SECONDS = 3600

/** The log-in a pass belongs to. */
export interface PassOwner {
  user_id: string
  family: string
}

/** @param page which page it opens. @returns a ticket that is good once, within a minute */
export async function issueTicket(page: string, { user_id, family }: PassOwner): Promise<string> {
  const ticket = newSecret()
  await redis().set(keyOf(page, 'ticket', ticket), `${user_id}:${family}`, 'EX', TICKET_SECONDS)
  return ticket
}

/** Takes a ticket for a pass. @throws 401 when it was used, is too old, or its session has ended */
export async function redeemTicket(page: string, ticket: string): Promise<string> {
  const key = keyOf(page, 'ticket', ticket)
  const [taken] = (await redis().multi().get(key).del(key).exec()) ?? []
  const owner = ownerIn(taken?.[1])
  if (!owner || !(await isSessionOpen(owner.user_id, owner.family))) throw unauthorized('page.ticket_used')
  const pass = newSecret()
  await redis().set(keyOf(page, 'pass', pass), `${owner.user_id}:${owner.family}`, 'EX', PASS_SECONDS)
  return pass
}

/** Whose pass it is. @throws 401 when it is none, has run out, or its session has ended */
export async function readPass(page: string, pass: string | undefined): Promise<PassOwner> {
  const owner = pass ? ownerIn(await redis().get(keyOf(page, 'pass', pass))) : null
  if (!owner || !(await isSessionOpen(owner.user_id, owner.family))) throw unauthorized('page.no_pass')
  return owner
}

const newSecret = () => randomBytes(32).toString('base64url')

const keyOf = (page: string, kind: 'ticket' | 'pass', secret: string) =>
  `fba:pass:${page}:${kind}:${createHash('sha256').update(secret).digest('hex')}`

/** What was written above. */
function ownerIn(text: unknown): PassOwner | null {
  const [user, family] = typeof text === 'string' ? text.split(':') : []
  return user && family ? { user_id: user, family } : null
}
