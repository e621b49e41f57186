import type { Context, Middleware } from 'koa'
import { notFound } from '../common/errors'
import type { Host } from './run-route'
import { failedOperation, operationOf } from './operation-of'

/**
 * Records calls below the API base that no route took (contract 6.3): unknown paths and wrong methods.
 * Whoever looks for a way in leaves a trace.
 */
export const strayCalls = (base: string, host: Pick<Host, 'record' | 'explain'>): Middleware => {
  const isStray = (ctx: Context) =>
    ctx.state.route === undefined && ctx.method !== 'OPTIONS' && ctx.path.startsWith(base)
  return async (ctx, next) => {
    try {
      await next()
      if (isStray(ctx) && ctx.status === 404 && ctx.body === undefined) throw notFound('request.not_found')
    } catch (error) {
      if (isStray(ctx)) {
        const operation = operationOf(ctx, { route: null, user: null, body: undefined }, null)
        await host.record(failedOperation(operation, host.explain(error)), null)
      }
      throw error
    }
  }
}
