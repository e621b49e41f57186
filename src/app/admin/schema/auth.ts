import { optionalText, text, timestamp, z } from '#core'
import { UserInfo } from './user'

export const Captcha = z
  .object({ is_enabled: z.boolean(), expire_seconds: z.int(), uuid: z.string(), image: z.string() })
  .meta({ id: 'Captcha' })

const username = text(64)
/** Longer ones are no passwords; the bytes that count are a matter of the hash. */
const password = text(256)

export const SignInWay = z
  .object({
    /** The module that brings it. */
    provider: z.string(),
    source: z.string(),
    title: z.string(),
    /** Below the API base: answers the address to send the browser to. */
    path: z.string(),
  })
  .meta({ id: 'SignInWay' })

export const Login = z.object({
  username,
  password,
  /** Of the captcha. */
  uuid: optionalText(64),
  captcha: optionalText(16),
  /** Only for users with a second factor: a code of the app, or a recovery code. */
  mfa_code: optionalText(32),
})
export type Login = z.output<typeof Login>

export const SwaggerLogin = z.object({ username, password, mfa_code: optionalText(32) })
export type SwaggerLogin = z.output<typeof SwaggerLogin>

export const NewToken = z
  .object({ access_token: z.string(), access_token_expire_time: timestamp(), session_uuid: z.string() })
  .meta({ id: 'NewToken' })

export const LoginToken = NewToken.extend({
  /** Whole days; only inside the reminder window. */
  password_expire_days_remaining: z.int().nullable(),
  user: UserInfo,
}).meta({ id: 'LoginToken' })

export const SwaggerToken = z
  .object({ access_token: z.string(), token_type: z.literal('Bearer'), user: UserInfo })
  .meta({ id: 'SwaggerToken' })
