import type { Call, SignInWay } from '#core'
import { live, type Live } from '../config'
import { authorizationUrl } from '../provider/grant'
import type { Registration } from '../provider/provider'
import { registrationAt, registrationOf, registrations } from '../provider/registry'
import { begin, type Purpose } from './flow'

/** What the log-in page may offer: services that gave out a client id. */
export async function ways(): Promise<SignInWay[]> {
  const configured = registrations(await live()).filter(({ is_configured }) => is_configured)
  return configured.map(({ source, title, path }) => ({ source, title, path: `/oauth2/${path}` }))
}

/** Where to go for signing in. @param path of the provider below `/oauth2/` @throws 404, 502 */
export async function signIn(call: Call, path: string): Promise<string> {
  const now = await live()
  const registration = registrationAt(now, path)
  return depart(call, registration, { type: 'login', user_id: null, source: registration.source }, now)
}

/** Where to go for binding an account to the acting user. @throws 422 for an unknown source, 502 */
export async function bind(call: Call, source: string): Promise<string> {
  const now = await live()
  const registration = registrationOf(now, source)
  return depart(call, registration, { type: 'binding', user_id: call.me.id, source }, now)
}

async function depart(call: Call, registration: Registration, purpose: Purpose, now: Live): Promise<string> {
  const provider = await registration.open()
  return authorizationUrl(provider, await begin(call, purpose, now))
}
