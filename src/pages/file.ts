import type { Context } from 'koa'
import send from 'koa-send'

export interface FileOptions {
  /** Seconds a browser may use its copy without asking. */
  maxAge?: number
}

/**
 * Sends a file below `root`; what leads out of it, is hidden or is no file is not there.
 * @returns false when there is no such file
 */
export async function sendFileBelow(
  ctx: Context,
  root: string,
  path: string,
  options: FileOptions = {},
): Promise<boolean> {
  try {
    const sent = await send(ctx, path.replace(/^\/+/, '') || '.', {
      root,
      maxAge: (options.maxAge ?? 0) * 1000,
      brotli: false,
      gzip: false,
    })
    if (!sent) return false
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
  if (ctx.fresh) {
    ctx.status = 304
    ctx.body = null
  }
  return true
}

/** A path that cannot be decoded, leads out or has a null byte names no file either. */
const isAbsence = (error: unknown): boolean => {
  const status: unknown = Reflect.get(Object(error), 'status')
  return status === 404 || status === 400 || status === 403
}
