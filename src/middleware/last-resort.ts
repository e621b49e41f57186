import type Koa from 'koa'
import type { Context } from 'koa'
import { env } from '../config/env'
import { newRequestId } from '../common/request-id'
import { t } from '../infra/i18n'
import { logger } from '../infra/logger'

/** A client that went away while it was being answered is its own business. */
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'])

/**
 * Koa's own answer to what no middleware caught, such as a stream that breaks before its first byte, is plain text
 * without our headers. This one is the usual envelope.
 */
export function installLastResort(koa: Koa): void {
  koa.silent = true // the error middleware and this one log
  koa.context.onerror = function (this: Context, cause: unknown) {
    if (cause === null || cause === undefined) return
    const isGone = GONE.has(String(Reflect.get(Object(cause), 'code')))
    const id = this.state.request?.id ?? newRequestId()
    if (!isGone) logger.error('an answer could not be given', { err: cause, request_id: id, path: this.path })
    if (this.headerSent || !this.writable) {
      this.res.destroy()
      return
    }
    answer(this, id)
  }
}

function answer(ctx: Context, id: string): void {
  const language = ctx.state.request?.language ?? env.I18N_DEFAULT_LANGUAGE
  const body = JSON.stringify({ code: 500, msg: t(language, 'server.error'), data: null, trace_id: id })
  for (const name of [
    'Content-Encoding',
    'Content-Disposition',
    'Transfer-Encoding',
    'ETag',
    'Last-Modified',
  ])
    ctx.res.removeHeader(name)
  ctx.res.statusCode = 500
  ctx.res.setHeader(env.TRACE_ID_REQUEST_HEADER_KEY, id)
  ctx.res.setHeader('Content-Type', 'application/json; charset=utf-8')
  ctx.res.setHeader('Content-Length', Buffer.byteLength(body))
  ctx.res.end(body)
}
