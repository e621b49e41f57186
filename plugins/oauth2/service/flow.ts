import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { forbidden, redis, z, type Call } from '#core'
import type { Live } from '../config'
import { newSecret, type Ties } from '../provider/grant'

const COOKIE = 'steward_oauth2'

/** A sign-in or a binding between its beginning and the return of the browser. */
const Flow = z.object({
  type: z.enum(['login', 'binding']),
  /** Of a binding. */
  user_id: z.string().nullable(),
  source: z.string(),
  verifier: z.string(),
  nonce: z.string(),
  /** Hash of the cookie of the browser that began it; null where any browser may end it. */
  browser: z.string().nullable(),
})
type Stored = z.output<typeof Flow>
export type Flow = Stored & Ties

export type Purpose = Pick<Stored, 'type' | 'user_id' | 'source'>

const keyOf = (live: Live, state: string) => `${live.OAUTH2_STATE_REDIS_PREFIX}:${state}`
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')

/** Begins a flow: it is good once, for a while, and for this browser. */
export async function begin(call: Call, purpose: Purpose, live: Live): Promise<Ties> {
  const ties: Ties = { state: randomUUID(), verifier: newSecret(), nonce: newSecret() }
  const { state, ...kept } = ties
  const flow: Stored = { ...purpose, ...kept, browser: rememberBrowser(call, live) }
  await redis().set(keyOf(live, state), JSON.stringify(flow), 'EX', live.OAUTH2_STATE_EXPIRE_SECONDS)
  return ties
}

/** Marks a browser, which keeps its mark, so that flows in several tabs can all be ended. @returns a hash of it */
export function rememberBrowser(call: Call, live: Live): string | null {
  if (!live.OAUTH2_STATE_COOKIE) return null
  const known = call.http?.cookie(COOKIE)
  const mark = known !== undefined && /^[\w-]{43}$/.test(known) ? known : newSecret()
  call.http?.setCookie(COOKIE, mark, { max_age: live.OAUTH2_STATE_EXPIRE_SECONDS })
  return hashOf(mark)
}

/** Takes a flow back, which nobody can do again. @throws 403 unless it is there, of this provider, of this browser */
export async function take(call: Call, state: string | undefined, source: string, live: Live): Promise<Flow> {
  const text = state === undefined ? null : await redis().getdel(keyOf(live, state))
  if (state === undefined || text === null) throw forbidden('oauth2.state_invalid')
  const flow = { ...Flow.parse(JSON.parse(text)), state }
  if (flow.source !== source || !isBrowser(call, flow.browser)) throw forbidden('oauth2.state_invalid')
  return flow
}

/** Whether the call comes from this browser; null is any. */
export function isBrowser(call: Call, browser: string | null): boolean {
  if (browser === null) return true
  const shown = Buffer.from(hashOf(call.http?.cookie(COOKIE) ?? ''))
  const wanted = Buffer.from(browser)
  return shown.length === wanted.length && timingSafeEqual(shown, wanted)
}
