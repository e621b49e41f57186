import path from 'node:path'
import type { Context, Middleware, Next } from 'koa'
import { env } from '../config/env'
import { projectRoot } from '../utils/project-root'
import { sendFileBelow } from './file'

const UPLOADS = '/static/upload/'
const STATIC = '/static/'

/** Uploads at `/static/upload` and, where switched on, the folder `static` at `/static` (contract 7.5). */
export function staticFiles(): Middleware {
  const uploads = path.resolve(env.UPLOAD_DIR)
  const folder = path.join(projectRoot, 'static')
  return async (ctx: Context, next: Next) => {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
    if (!isRead || !(await sendFound(ctx))) await next()
  }

  async function sendFound(ctx: Context): Promise<boolean> {
    if (ctx.path.startsWith(UPLOADS)) {
      // What users bring must not act as a page of ours.
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      return sendFileBelow(ctx, uploads, ctx.path.slice(UPLOADS.length))
    }
    if (!env.FASTAPI_STATIC_FILES || !ctx.path.startsWith(STATIC)) return false
    return sendFileBelow(ctx, folder, ctx.path.slice(STATIC.length))
  }
}
