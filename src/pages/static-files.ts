import path, { extname } from 'node:path'
import type { Context, Middleware, Next } from 'koa'
import { env } from '../config/env'
import { projectRoot } from '../utils/project-root'
import { readFile } from '../core/file-store'
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
      const path = ctx.path.slice(UPLOADS.length)
      return (await sendFileBelow(ctx, uploads, path)) || sendStored(ctx, path)
    }
    if (!env.FASTAPI_STATIC_FILES || !ctx.path.startsWith(STATIC)) return false
    return sendFileBelow(ctx, folder, ctx.path.slice(STATIC.length))
  }
}

/** A file from the store that plugins bring; those on the disk were looked for before. */
async function sendStored(ctx: Context, path: string): Promise<boolean> {
  const name = plainName(path)
  const file = name === null ? null : await readFile(name)
  if (name === null || file === null) return false
  ctx.type = extname(name)
  ctx.length = file.size
  ctx.set('Cache-Control', 'max-age=0')
  if (file.changed) ctx.lastModified = file.changed
  ctx.body = file.body
  if (!ctx.fresh) return true
  ctx.status = 304
  ctx.body = null
  return true
}

/** The name that the last part of an address stands for; null for what leads elsewhere or is hidden. */
function plainName(path: string): string | null {
  try {
    const name = decodeURIComponent(path)
    return /^[^./\\\0][^/\\\0]{0,254}$/.test(name) ? name : null
  } catch {
    return null
  }
}
