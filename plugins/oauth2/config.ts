import { liveSettings, readSettings, setting, z } from '#core'

const API = 'http://127.0.0.1:8000/api/v1/oauth2'
const address = z.url({ protocol: /^https?$/ })
const isAddress = {
  test: (value: string) => address.safeParse(value).success,
  message: 'must be an http or https address',
}

/** An OpenID Connect issuer; what else must be known is read from its discovery document. */
export const Issuer = z.object({
  /** Kept with every binding, and part of the paths: it never changes. */
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
    .refine((source) => !['github', 'google', 'linux-do', 'linuxdo', 'me'].includes(source)),
  /** On the log-in page; the source unless given. */
  title: z.string().min(1).max(64).optional(),
  /** Exactly as the issuer writes itself. */
  issuer: address,
  client_id: z.string().min(1),
  client_secret: z.string().default(''),
  /** `.../api/v1/oauth2/oidc/<source>/callback` as browsers reach it. */
  redirect_uri: address,
  scope: z.string().default('openid profile email'),
  /** How the token endpoint wants the secret. */
  secret_in: z.enum(['header', 'body']).default('header'),
})

/** Addresses of one of the built-in providers that are not the usual ones. */
const Endpoints = z
  .object({ authorize: address, token: address, user_info: address, emails: address })
  .partial()
const ENTERPRISE = { Github: { authorize: 'https://git.example.com/login/oauth/authorize' } }

/** Stands for no client id, as the contract has it. */
export const NO_CLIENT = 'test'

const idOf = (name: string) =>
  setting.text({
    default: NO_CLIENT,
    description: `Client id that ${name} gave out; it is offered for sign-in once it is another than \`${NO_CLIENT}\`.`,
    example: 'Iv1.0123456789',
  })
const secretOf = (name: string) =>
  setting.secret(setting.text({ default: 'test', description: `Client secret that ${name} gave out.` }))
const redirectOf = (name: string, path: string) =>
  setting.text({
    default: `${API}/${path}/callback`,
    description: `Where ${name} sends browsers back, as registered there.`,
    check: isAddress,
  })
const page = (path: string, description: string) =>
  setting.text({ default: `http://localhost:5173${path}`, description, check: isAddress })

export const settings = setting.group('Sign-in with other services', {
  OAUTH2_GITHUB_CLIENT_ID: idOf('GitHub'),
  OAUTH2_GITHUB_CLIENT_SECRET: secretOf('GitHub'),
  OAUTH2_GITHUB_REDIRECT_URI: redirectOf('GitHub', 'github'),
  OAUTH2_GOOGLE_CLIENT_ID: idOf('Google'),
  OAUTH2_GOOGLE_CLIENT_SECRET: secretOf('Google'),
  OAUTH2_GOOGLE_REDIRECT_URI: redirectOf('Google', 'google'),
  OAUTH2_LINUX_DO_CLIENT_ID: setting.optional(idOf('LinuxDo; without one it is not offered')),
  OAUTH2_LINUX_DO_CLIENT_SECRET: secretOf('LinuxDo'),
  OAUTH2_LINUX_DO_REDIRECT_URI: redirectOf('LinuxDo', 'linux-do'),
  OAUTH2_OIDC_ISSUERS: setting.secret(
    setting.json('a list of issuers', z.array(Issuer), {
      default: [],
      description:
        'OpenID Connect issuers: source (a short name that never changes), issuer, client_id, client_secret, redirect_uri, and if need be title, scope and secret_in (header or body).',
      example:
        '[{"source":"corp","issuer":"https://id.example.com","client_id":"steward","client_secret":"...","redirect_uri":"https://admin.example.com/api/v1/oauth2/oidc/corp/callback"}]',
    }),
  ),
  OAUTH2_ENDPOINTS: setting.json('addresses by source', z.record(z.string(), Endpoints), {
    default: {},
    description: 'Other addresses for a built-in provider, such as those of a GitHub Enterprise server.',
    example: JSON.stringify(ENTERPRISE),
  }),
  OAUTH2_STATE_REDIS_PREFIX: setting.text({
    default: 'fba:oauth2:state',
    description: 'Redis keys of sign-ins that are under way start with it.',
  }),
  OAUTH2_STATE_EXPIRE_SECONDS: setting.integer({
    default: 180,
    min: 10,
    max: 3600,
    description: 'How long a sign-in at the other service may take.',
  }),
  OAUTH2_STATE_COOKIE: setting.flag({
    default: true,
    description:
      'Only the browser that began a sign-in may end it, which is told by a cookie. Switch it off only where pages and redirect addresses have different host names, as on a developer’s machine.',
  }),
  OAUTH2_FRONTEND_LOGIN_REDIRECT_URI: page('/oauth2/callback', 'Page that takes over after a sign-in.'),
  OAUTH2_FRONTEND_BINDING_REDIRECT_URI: page('/profile', 'Page to return to after an account was bound.'),
  OAUTH2_SIGN_UP: setting.choice(['on', 'off'], {
    default: 'on',
    prodDefault: 'off',
    description: 'Whether somebody nobody knows becomes a user by signing in.',
  }),
  OAUTH2_SIGN_UP_ROLE: setting.optional(
    setting.text({
      default: '',
      description: 'Name of the role of users who sign up; empty: the first enabled one.',
    }),
  ),
  OAUTH2_LINK_BY_EMAIL: setting.flag({
    default: true,
    description:
      'Whether an account is bound to the user with the same mail address when it is first seen. Only addresses the provider has verified count, and never users with a second factor.',
  }),
  OAUTH2_TRUST_SECOND_FACTOR: setting.texts({
    default: [],
    example: '["corp"]',
    description:
      'Sources that ask for a second factor themselves, every time: their users are not asked for the one they have here.',
  }),
  OAUTH2_ALLOW_PRIVATE_HOSTS: setting.flag({
    default: true,
    prodDefault: false,
    description: 'Whether providers may be asked over http and at private addresses.',
  }),
  OAUTH2_TIMEOUT: setting.integer({
    default: 10,
    min: 1,
    max: 60,
    description: 'Seconds a provider may take for one answer.',
  }),
})

const config = readSettings(settings.settings)

/** The settings as they are at this moment; operators may change them. */
export const live = () => liveSettings(settings.settings, config)
export type Live = Awaited<ReturnType<typeof live>>
