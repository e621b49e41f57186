import { filter, text, timestamp, z } from '#core'

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

export const SecondStep = z.object({
  /** `mfa_ticket` of the address the browser came back with. */
  ticket: text(64, 1),
  /** A code of the app, or a recovery code. */
  mfa_code: text(32, 1),
})
export type SecondStep = z.output<typeof SecondStep>

export const SessionTokens = z.object({
  access_token: z.string(),
  access_token_expire_time: timestamp(),
  session_uuid: z.string(),
})
