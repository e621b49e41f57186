import { badRequest, forbidden, type AppError, type Call } from '#core'
import { letIn, type KnownUser } from '#app/admin'
import { live, type Live } from '../config'
import { exchange } from '../provider/grant'
import { failed } from '../provider/outgoing'
import type { Profile } from '../provider/profile'
import type { Registration } from '../provider/provider'
import { registrationAt } from '../provider/registry'
import type { Callback } from '../schema/oauth2'
import { bind } from './binding'
import { take, type Flow } from './flow'
import * as secondStep from './second-step'
import { userOf } from './sign-in'

/** A browser that came back, with what the provider said about its user or with what went wrong on the way. */
export type Arrived = { flow: Flow } & ({ profile: Profile } | { failure: unknown })

/**
 * Takes the flow back and asks the provider who it was. Failures from then on are handed on instead of thrown, since
 * it is the flow that says which page the browser returns to.
 * @param path of the provider below `/oauth2/`
 * @throws 403 `oauth2.state_invalid`, 404 `oauth2.provider_unknown`
 */
export async function receive(call: Call, path: string, query: Callback): Promise<Arrived> {
  const now = await live()
  const registration = registrationAt(now, path)
  const flow = await take(call, query.state, registration.source, now)
  try {
    return { flow, profile: await profileOf(registration, flow, query, now) }
  } catch (failure) {
    return { flow, failure }
  }
}

async function profileOf(
  registration: Registration,
  flow: Flow,
  { code, error, iss }: Callback,
  now: Live,
): Promise<Profile> {
  if (error !== undefined || code === undefined) throw badRequest('oauth2.denied')
  const provider = await registration.open()
  // A code of another issuer that this one's page was made to bring along (RFC 9207).
  if (iss !== undefined && provider.issuer !== null && iss !== provider.issuer) {
    throw forbidden('oauth2.state_invalid')
  }
  const granted = await exchange(provider, code, flow, now)
  try {
    return await provider.readProfile(granted, now)
  } catch (cause) {
    throw failed(cause)
  }
}

/** Signs in or binds. @returns where the browser goes on */
export async function finish(call: Call, arrived: Arrived): Promise<string> {
  if ('failure' in arrived) throw arrived.failure
  const { flow, profile } = arrived
  const now = await live()
  if (flow.type === 'binding') {
    await bind(call, flow.user_id, flow.source, profile)
    return pageOf('binding', now)
  }
  return enter(call, flow.source, await userOf(call, flow.source, profile, now), now)
}

/** Opens the session, or sends on for the code of a second factor: with a ticket, which alone opens nothing. */
async function enter(call: Call, source: string, user: KnownUser, now: Live): Promise<string> {
  const isVouchedFor = now.OAUTH2_TRUST_SECOND_FACTOR.includes(source)
  if (user.has_second_factor && user.is_enabled && !isVouchedFor) {
    call.isOf(user.username)
    const ticket = await secondStep.begin(call, { user_id: user.id, source }, now)
    return withParameters(pageOf('login', now), { ...errorOf(call, 'mfa.required'), mfa_ticket: ticket })
  }
  const factor = isVouchedFor ? 'vouched_for' : null
  const { access_token, session_uuid } = await letIn(call, user, 'success.login.oauth2_success', factor)
  return withParameters(pageOf('login', now), { access_token, session_uuid })
}

/** Where a browser goes on that was refused: with the key of the reason, and words to show. */
export async function turnBack(call: Call, error: AppError, arrived: Arrived | undefined): Promise<string> {
  const page = pageOf(arrived?.flow.type ?? 'login', await live())
  return withParameters(page, errorOf(call, error.key, error.params))
}

const errorOf = (call: Call, key: string, params: AppError['params'] = {}) => ({
  error: key,
  error_description: call.t(key, params),
})

const pageOf = (type: Flow['type'], now: Live): string =>
  type === 'login' ? now.OAUTH2_FRONTEND_LOGIN_REDIRECT_URI : now.OAUTH2_FRONTEND_BINDING_REDIRECT_URI

/** Appended as text: the path of a page may be behind a `#`, and its parameters belong behind that. */
const withParameters = (page: string, parameters: Record<string, string>): string =>
  `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`
