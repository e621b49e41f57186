import { bare, data, env, nothing, route, z } from '#core'
import { Captcha, Login, LoginToken, NewToken, SignInWay, SwaggerLogin, SwaggerToken } from '../schema/auth'
import * as authService from '../service/auth'
import * as captchaService from '../service/captcha'
import * as signInWayService from '../service/sign-in-way'

/** 0 points are no limit. */
const rate = (points: number, seconds: number) => (points > 0 ? { points, seconds } : undefined)
/** Of everything that takes passwords. */
export const loginRate = rate(env.LOGIN_RATE_LIMIT, env.LOGIN_RATE_SECONDS)

const LOGIN_ERRORS = [
  'login.wrong_credentials',
  'login.user_disabled',
  'login.account_locked',
  'login.too_many_failures',
  'login.password_expired',
]

export const getCaptcha = route({
  method: 'get',
  path: '/auth/captcha',
  title: 'Get a captcha',
  access: 'public',
  rate: rate(env.CAPTCHA_RATE_LIMIT, env.CAPTCHA_RATE_SECONDS),
  reply: data(Captcha),
  handle: () => captchaService.issue(),
})

export const listSignInWays = route({
  method: 'get',
  path: '/auth/providers',
  title: 'List the services to sign in with',
  description: 'What plugins offer beside the password; empty where there is none.',
  access: 'public',
  reply: data(z.array(SignInWay)),
  handle: (call) => signInWayService.ways(call),
})

export const login = route({
  method: 'post',
  path: '/auth/login',
  title: 'Log in',
  description: 'Sets the refresh cookie. An unknown name and a wrong password get the same answer.',
  access: 'public',
  rate: loginRate,
  body: Login,
  reply: data(LoginToken),
  errors: ['error.captcha.invalid', 'error.captcha.expired', 'error.captcha.error', ...LOGIN_ERRORS],
  prepare: (call, { body }) => authService.check(call, body),
  handle: (call, _input, verified) => authService.login(call, verified),
})

export const loginForDocs = route({
  method: 'post',
  path: '/auth/login/swagger',
  title: 'Log in to the API page',
  access: 'public',
  rate: loginRate,
  log: 'none', // the password is part of the address
  query: SwaggerLogin,
  reply: bare(SwaggerToken),
  errors: LOGIN_ERRORS,
  prepare: (call, { query }) => authService.checkForDocs(call, query),
  handle: (call, _input, verified) => authService.loginForDocs(call, verified),
})

export const refresh = route({
  method: 'post',
  path: '/auth/refresh',
  title: 'Renew the tokens',
  description: 'By the refresh cookie, which is replaced: it works once, and a used one ends its session.',
  access: 'public',
  reply: data(NewToken),
  errors: ['auth.refresh_expired', 'user.not_found', 'login.user_disabled', 'login.elsewhere'],
  prepare: (call) => authService.renew(call),
  handle: (call, _input, session) => authService.giveTokens(call, session),
})

export const logout = route({
  method: 'post',
  path: '/auth/logout',
  title: 'Log out',
  description: 'Never refused: without a valid token only the cookie is cleared.',
  access: 'public',
  reply: nothing(),
  handle: (call) => authService.logout(call),
})

export const listCodes = route({
  method: 'get',
  path: '/auth/codes',
  title: 'List own permission codes',
  access: 'signed_in',
  reply: data(z.array(z.string())),
  handle: (call) => authService.codes(call),
})

export const authRoutes = [getCaptcha, listSignInWays, login, loginForDocs, refresh, logout, listCodes]
