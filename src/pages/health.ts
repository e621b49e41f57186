import type { Context } from 'koa'
import type { Health } from '../core/health'
import { t } from '../infra/i18n'
import type { Page } from './page'

/** `/health/live`: the process answers. `/health/ready`: requests may be sent here; 503 says which part is not ready. */
export const healthPages = (check: () => Promise<Health>): Map<string, Page> =>
  new Map<string, Page>([
    ['/health/live', (ctx) => answer(ctx, 200, { is_alive: true })],
    [
      '/health/ready',
      async (ctx) => {
        const health = await check()
        answer(ctx, health.is_ready ? 200 : 503, health)
      },
    ],
  ])

function answer(ctx: Context, status: 200 | 503, data: object): void {
  const { id, language } = ctx.state.request
  const key = status === 200 ? 'response.success' : 'server.not_ready'
  ctx.set('Cache-Control', 'no-store')
  ctx.status = status
  ctx.body = { code: status, msg: t(language, key), data, ...(status === 503 && { trace_id: id }) }
}
