import type { Context, Next } from 'koa'
import { env } from '../config/env'
import { isTracing, traceRequest } from '../infra/tracing'

/** One span for each call of the API, named after its route, with what it waited for below it. */
export function trace(ctx: Context, next: Next): Promise<void> {
  if (!isTracing() || !ctx.path.startsWith(`${env.FASTAPI_API_V1_PATH}/`)) return next()
  return traceRequest(ctx.method, ctx.get('traceparent'), async (describe) => {
    try {
      await next()
    } finally {
      const route = ctx.state.route?.pattern ?? 'unmatched'
      describe(`${ctx.method} ${route}`, {
        'http.request.method': ctx.method,
        'http.route': route,
        'http.response.status_code': ctx.status,
        'client.address': ctx.state.request.client.ip,
        request_id: ctx.state.request.id,
      })
    }
  })
}
