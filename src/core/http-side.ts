import type { Context } from 'koa'
import { env } from '../config/env'
import type { HttpSide } from './call'

/** Cookies and headers of a request, as far as handlers may touch them. */
export const httpSide = (ctx: Context): HttpSide => ({
  method: ctx.method,
  path: ctx.path,
  cookie: (name) => ctx.cookies.get(name),
  setCookie: (name, value, { max_age }) => {
    const expires = new Date(max_age === 0 ? 0 : Date.now() + max_age * 1000).toUTCString()
    const parts = [
      `${name}=${value}`,
      'HttpOnly',
      'Path=/',
      'SameSite=lax',
      `Max-Age=${max_age}`,
      `Expires=${expires}`,
    ]
    ctx.append('Set-Cookie', [...parts, ...(isSecure(ctx) ? ['Secure'] : [])].join('; '))
  },
  header: (name) => ctx.get(name),
})

function isSecure(ctx: Context): boolean {
  if (env.COOKIE_SECURE !== 'auto') return env.COOKIE_SECURE === 'true'
  return ctx.secure
}
