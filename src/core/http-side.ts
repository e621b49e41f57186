import type { Context } from 'koa'
import { env } from '../config/env'
import type { CookieOptions, HttpSide } from './call'

/** Cookies and headers of a request, as far as handlers may touch them. */
export class KoaSide implements HttpSide {
  constructor(private readonly ctx: Context) {}

  get method(): string {
    return this.ctx.method
  }

  get path(): string {
    return this.ctx.path
  }

  cookie(name: string): string | undefined {
    return this.ctx.cookies.get(name)
  }

  setCookie(name: string, value: string, options: CookieOptions): void {
    const { max_age, path = '/', same_site = 'lax' } = options
    const expires = new Date(max_age === 0 ? 0 : Date.now() + max_age * 1000).toUTCString()
    const parts = [
      `${name}=${value}`,
      'HttpOnly',
      `Path=${path}`,
      `SameSite=${same_site}`,
      `Max-Age=${max_age}`,
      `Expires=${expires}`,
    ]
    const { ctx } = this
    ctx.append('Set-Cookie', [...parts, ...(isSecure(ctx) ? ['Secure'] : [])].join('; '))
  }

  header(name: string): string {
    return this.ctx.get(name)
  }
}

function isSecure(ctx: Context): boolean {
  if (env.COOKIE_SECURE !== 'auto') return env.COOKIE_SECURE === 'true'
  return ctx.secure
}
