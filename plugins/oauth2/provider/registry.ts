import { invalid, notFound } from '#core'
import type { Live } from '../config'
import { builtIn } from './built-in'
import { issuerProvider } from './issuer'
import type { Registration } from './provider'

/** Every service users may sign in with, in the order of the settings. */
export const registrations = (live: Live): Registration[] => [
  ...builtIn(live),
  ...live.OAUTH2_OIDC_ISSUERS.map((issuer) => ({
    source: issuer.source,
    title: issuer.title ?? issuer.source,
    is_configured: true,
    path: `oidc/${issuer.source}`,
    open: () => issuerProvider(issuer, live),
  })),
]

/** @throws 404 */
export function registrationAt(live: Live, path: string): Registration {
  const found = registrations(live).find((one) => one.path === path)
  if (!found) throw notFound('oauth2.provider_unknown')
  return found
}

/** @throws 422 */
export function registrationOf(live: Live, source: string): Registration {
  const found = registrations(live).find((one) => one.source === source)
  if (!found) throw invalid('source', 'oauth2.provider_unknown')
  return found
}
