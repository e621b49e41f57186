import type { Context } from 'koa'
import { env } from '../config/env'
import type { HttpSide } from './call'

/** Cookies and headers of a request, as far as handlers may touch them. */
export const httpSide = (ctx: Context): HttpSide => ({
  method: ctx.method,
  path: ctx.path,
  cookie: (name) => ctx.cookies.get(name),
  setCookie: (name, value, { max_age }) => {
    ctx.cookies.set(name, value, {
      httpOnly: true,
      path: '/',
      sameSite: 'lax',
      secure: isSecure(ctx),
      maxAge: max_age * 1000,
      ...(max_age === 0 && { expires: new Date(0) }),
      overwrite: true,
    })
  },
  header: (name) => ctx.get(name),
})

function isSecure(ctx: Context): boolean {
  if (env.COOKIE_SECURE !== 'auto') return env.COOKIE_SECURE === 'true'
  return ctx.secure
}
