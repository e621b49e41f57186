import { isIP } from 'node:net'
import type { Context, Next } from 'koa'
import { env } from '../config/env'
import { newRequestId, readRequestId } from '../common/request-id'
import type { AppError } from '../common/errors'
import type { Client } from '../common/types'
import { negotiate } from '../infra/i18n'

/** What every request carries from the first middleware on. */
export interface RequestState {
  /** 32 hex digits. */
  id: string
  /** `performance.now()` at arrival. */
  started: number
  arrived: Date
  language: string
  client: Client
}

declare module 'koa' {
  interface DefaultState {
    request: RequestState
    /** Title and pattern of the matched route, for logs and metrics. */
    route?: { title: string; pattern: string }
    username?: string
    /** Called as soon as the route is known. */
    onRoute?(pattern: string): void
    /** Why the request was refused or failed. */
    failure?: AppError
  }
}

/** Request id in and out, language, client address. A request id that is no UUID is refused (contract 1.8). */
export function request(ctx: Context, next: Next): Promise<void> | void {
  const header = env.TRACE_ID_REQUEST_HEADER_KEY
  const given = ctx.get(header)
  const accepted = given === '' ? null : readRequestId(given)
  const id = accepted ?? newRequestId()
  ctx.state.request = {
    id,
    started: performance.now(),
    arrived: new Date(),
    language: negotiate(ctx.get('Accept-Language')),
    client: { ip: clientAddress(ctx), user_agent: ctx.get('User-Agent').slice(0, 512) || null },
  }
  if (given !== '' && accepted === null) {
    ctx.status = 400
    ctx.body = { code: 400, msg: 'BAD_REQUEST', data: null }
    return
  }
  ctx.set(header, accepted === null ? id : given)
  return next()
}

/** Koa resolves the address with as many proxies as are trusted; IPv4 inside IPv6 is shown as IPv4. */
function clientAddress(ctx: Context): string {
  const told = ctx.ip.replace(/^::ffff:/, '')
  return isIP(told) ? told : (ctx.req.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
}
