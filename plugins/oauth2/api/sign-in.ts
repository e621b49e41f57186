import { data, env, redirect, route, type Call } from '#core'
import { AuthorizationUrl, Callback, IssuerName, SecondStep, SessionTokens } from '../schema/oauth2'
import * as callbackService from '../service/callback'
import * as departureService from '../service/departure'
import * as secondStepService from '../service/second-step'

/** As for the log-in with a password; 0 is no limit. */
const rate =
  env.LOGIN_RATE_LIMIT > 0 ? { points: env.LOGIN_RATE_LIMIT, seconds: env.LOGIN_RATE_SECONDS } : undefined

const CALLBACK_ERRORS = [
  'oauth2.state_invalid',
  'oauth2.denied',
  'oauth2.provider_failed',
  'oauth2.sign_up_off',
  'oauth2.bind_first',
  'oauth2.already_bound',
  'oauth2.account_taken',
  'login.user_disabled',
]

const begin = (path: string, name: string) =>
  route({
    method: 'get',
    path: `/oauth2/${path}`,
    title: `Get the address for signing in with ${name}`,
    description: 'Sets the cookie by which the browser is recognised when it returns.',
    access: 'public',
    reply: data(AuthorizationUrl),
    errors: ['oauth2.provider_unknown'],
    handle: (call) => departureService.signIn(call, path),
  })

const callbackParts = {
  method: 'get',
  description:
    'Goes on to the page of the front end: after a sign-in with `access_token` and `session_uuid`, after a binding without parameters, when refused with `error` (a key) and `error_description` (words); `mfa.required` comes with an `mfa_ticket`.',
  access: 'public',
  rate,
  log: 'none', // the code is part of the address
  transaction: true,
  query: Callback,
  reply: redirect(),
  errors: CALLBACK_ERRORS,
  handle: (call: Call, _input: unknown, arrived: callbackService.Arrived) =>
    callbackService.finish(call, arrived),
  refused: callbackService.turnBack,
} as const

const end = (path: string, name: string) =>
  route({
    ...callbackParts,
    path: `/oauth2/${path}/callback`,
    title: `Return from ${name}`,
    prepare: (call, { query }) => callbackService.receive(call, path, query),
  })

const beginAtIssuer = route({
  method: 'get',
  path: '/oauth2/oidc/:source',
  title: 'Get the address for signing in with an OpenID Connect issuer',
  description: 'Sets the cookie by which the browser is recognised when it returns.',
  access: 'public',
  params: IssuerName,
  reply: data(AuthorizationUrl),
  errors: ['oauth2.provider_unknown', 'oauth2.provider_failed'],
  handle: (call, { params }) => departureService.signIn(call, `oidc/${params.source}`),
})

const endAtIssuer = route({
  ...callbackParts,
  path: '/oauth2/oidc/:source/callback',
  title: 'Return from an OpenID Connect issuer',
  params: IssuerName,
  prepare: (call, { params, query }) => callbackService.receive(call, `oidc/${params.source}`, query),
})

const showCode = route({
  method: 'post',
  path: '/oauth2/mfa',
  title: 'Show the code of the second factor',
  description:
    'For users who have one: with the ticket from the address of their return. Sets the refresh cookie.',
  access: 'public',
  rate,
  log: 'no_input',
  body: SecondStep,
  reply: data(SessionTokens),
  errors: [
    ...['oauth2.state_invalid', 'mfa.code_invalid', 'login.account_locked', 'login.too_many_failures'],
    ...['login.user_disabled', 'request.too_many'],
  ],
  prepare: (call, { body }) => secondStepService.read(call, body),
  handle: (call, { body }, waiting) => secondStepService.finish(call, body, waiting),
})

const builtIn = [
  ['github', 'GitHub'],
  ['google', 'Google'],
  ['linux-do', 'LinuxDo'],
] as const

export const signInRoutes = [
  ...builtIn.flatMap(([path, name]) => [begin(path, name), end(path, name)]),
  beginAtIssuer,
  endAtIssuer,
  showCode,
]
