import type { Context, Next } from 'koa'
import { env } from '../config/env'
import { metrics, type Metrics } from '../infra/metrics'

const UNMATCHED = 'unmatched'

/** Counts and times the calls of the API (contract 7.7). What is raised here is lowered here, whatever happens inside. */
export async function count(ctx: Context, next: Next): Promise<void> {
  const counted = metrics()
  if (!counted || !ctx.path.startsWith(`${env.FASTAPI_API_V1_PATH}/`)) return void (await next())
  let path = UNMATCHED
  const { method } = ctx
  ctx.state.onRoute = (pattern) => {
    path = pattern.replace(/:([A-Za-z0-9_]+)/g, '{$1}')
    counted.inProgress.inc({ method, path })
  }
  try {
    await next()
  } finally {
    if (path !== UNMATCHED) counted.inProgress.dec({ method, path })
    tally(ctx, counted, { method, path })
  }
}

function tally(ctx: Context, counted: Metrics, labels: { method: string; path: string }): void {
  const { failure, request } = ctx.state
  counted.requests.inc(labels)
  counted.cost.observe(labels, performance.now() - request.started)
  counted.responses.inc({ ...labels, status_code: String(failure?.code ?? ctx.status) })
  if (failure) counted.exceptions.inc({ ...labels, exception_type: nameOf(failure) })
}

/** Our own errors by their key; what nobody expected by its class. */
const nameOf = ({ key, cause }: { key: string; cause?: unknown }): string =>
  cause instanceof Error ? cause.name : key
