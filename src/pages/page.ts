import type { Context, Middleware, Next } from 'koa'
import { AppError } from '../common/errors'

/** Answers GET of one address outside of the API. */
export type Page = (ctx: Context) => Promise<void> | void

/** Serves fixed addresses; other methods there are refused. HEAD is a GET whose body Koa keeps back. */
export function servePages(pages: ReadonlyMap<string, Page>): Middleware {
  return async (ctx: Context, next: Next) => {
    const page = pages.get(ctx.path)
    if (!page) return void (await next())
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      throw new AppError('request.method_not_allowed', { status: 405, headers: { Allow: 'GET, HEAD' } })
    await page(ctx)
  }
}
