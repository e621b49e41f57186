import type { Context, Next } from 'koa'
import { env } from '../config/env'

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const KEEP_SECONDS = '600'
const allowedOrigins = new Set(env.CORS_ALLOWED_ORIGINS)

/** Whether pages of this origin may call the API. */
export const isAllowedOrigin = (origin: string): boolean => allowedOrigins.has(origin)

/**
 * Lets pages of the allowed origins call the API (contract 1.8). It stands outside of everything that can fail:
 * without these headers on error answers a page only sees "network error".
 */
export function cors(ctx: Context, next: Next): Promise<void> | void {
  const origin = ctx.get('Origin')
  if (origin === '') return next()
  ctx.vary('Origin')
  const isAllowed = isAllowedOrigin(origin)
  if (isAllowed) ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Allow-Credentials', 'true')
  if (isPreflight(ctx)) return answerPreflight(ctx, isAllowed)
  if (env.CORS_EXPOSE_HEADERS.length > 0)
    ctx.set('Access-Control-Expose-Headers', env.CORS_EXPOSE_HEADERS.join(', '))
  return next()
}

const isPreflight = (ctx: Context) =>
  ctx.method === 'OPTIONS' && ctx.get('Access-Control-Request-Method') !== ''

/** Preflights are answered in plain text: no page ever reads them, people with curl do. */
function answerPreflight(ctx: Context, isAllowed: boolean): void {
  const faults = [
    ...(isAllowed ? [] : ['origin']),
    ...(METHODS.includes(ctx.get('Access-Control-Request-Method')) ? [] : ['method']),
  ]
  ctx.set('Access-Control-Allow-Methods', METHODS.join(', '))
  ctx.set('Access-Control-Max-Age', KEEP_SECONDS)
  const headers = ctx.get('Access-Control-Request-Headers')
  if (headers) ctx.set('Access-Control-Allow-Headers', headers)
  ctx.status = faults.length === 0 ? 200 : 400
  ctx.type = 'text/plain'
  ctx.body = faults.length === 0 ? 'OK' : `Disallowed CORS ${faults.join(', ')}`
}
