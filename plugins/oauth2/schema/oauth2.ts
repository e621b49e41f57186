import { filter, text, z } from '#core'

export const AuthorizationUrl = z.url()

/** What a provider sends along with the browser. */
export const Callback = z.object({
  code: filter(4096),
  state: filter(128),
  error: filter(256),
  /** The issuer itself (RFC 9207). */
  iss: filter(1024),
  /** Ignored: the verifier never leaves the server. */
  code_verifier: filter(256),
})
export type Callback = z.output<typeof Callback>

/** `Github`, `Google`, `LinuxDo` or the source of a configured issuer. */
export const Source = z.object({ source: text(32, 1) })

export const IssuerName = z.object({ source: text(32, 1) })

export const ProviderInfo = z.object({
  source: z.string(),
  /** Below the API base: answers the address to go to. */
  path: z.string(),
})
