import type { Context, Next } from 'koa'
import { env } from '../config/env'

/** `/api/v1/sys/depts/` is answered by 307 to the path without the slash (contract 1.1). */
export function trailingSlash(ctx: Context, next: Next): Promise<void> | void {
  const path = ctx.path
  if (path.length > 1 && path.endsWith('/') && path.startsWith(env.FASTAPI_API_V1_PATH)) {
    ctx.status = 307
    ctx.set('Location', path.replace(/\/+$/, '') + ctx.search)
    ctx.body = ''
    return
  }
  return next()
}
