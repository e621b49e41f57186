import { randomBytes } from 'node:crypto'
import type { Context, Next } from 'koa'
import { env } from '../config/env'
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
  }
}

const UUID = /^[0-9a-f]{32}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Request id in and out, language, client address. A request id that is no UUID is refused (contract 1.8). */
export async function request(ctx: Context, next: Next): Promise<void> {
  const header = env.TRACE_ID_REQUEST_HEADER_KEY
  const given = ctx.get(header)
  const accepted = given !== '' && UUID.test(given)
  const id = accepted ? given.replaceAll('-', '').toLowerCase() : randomBytes(16).toString('hex')
  ctx.state.request = {
    id,
    started: performance.now(),
    arrived: new Date(),
    language: negotiate(ctx.get('Accept-Language')),
    client: { ip: clientAddress(ctx), user_agent: ctx.get('User-Agent').slice(0, 512) || null },
  }
  if (given !== '' && !accepted) {
    ctx.status = 400
    ctx.body = { code: 400, msg: 'BAD_REQUEST', data: null }
    return
  }
  ctx.set(header, accepted ? given : id)
  await next()
}

/** Koa resolves the address with as many proxies as are trusted; IPv4 inside IPv6 is shown as IPv4. */
const clientAddress = (ctx: Context): string => ctx.ip.replace(/^::ffff:/, '').slice(0, 64) || '127.0.0.1'
