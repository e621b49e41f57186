import type { Context, Next } from 'koa'
import { env } from '../config/env'
import type { CallSeries } from '../infra/call-metrics'
import { metrics, type Metrics } from '../infra/metrics'

const UNMATCHED = 'unmatched'

/** Counts and times the calls of the API (contract 7.7). What is raised here is lowered here, whatever happens inside. */
export function count(ctx: Context, next: Next): Promise<void> {
  const counted = metrics()
  if (!counted || !ctx.path.startsWith(`${env.FASTAPI_API_V1_PATH}/`)) return next()
  return counting(ctx, next, counted)
}

async function counting(ctx: Context, next: Next, counted: Metrics): Promise<void> {
  const { method } = ctx
  let series: CallSeries | undefined
  ctx.state.onRoute = (pattern) => {
    series = counted.calls.of(method, pattern)
    series.inProgress += 1
  }
  try {
    await next()
  } finally {
    if (series) series.inProgress -= 1
    tally(ctx, counted, series ?? counted.calls.of(method, UNMATCHED))
  }
}

function tally(ctx: Context, counted: Metrics, series: CallSeries): void {
  const { failure, request } = ctx.state
  series.answer(String(failure?.code ?? ctx.status), performance.now() - request.started)
  if (failure) counted.exceptions.inc({ ...series.labels, exception_type: nameOf(failure) })
}

/** Our own errors by their key; what nobody expected by its class. */
const nameOf = ({ key, cause }: { key: string; cause?: unknown }): string =>
  cause instanceof Error ? cause.name : key
