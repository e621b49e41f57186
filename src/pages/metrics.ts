import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { env } from '../config/env'
import { AppError } from '../common/errors'
import { metrics } from '../infra/metrics'
import type { Page } from './page'

/** Prometheus text for whoever holds METRICS_TOKEN, or, without one, for clients on this machine. */
export function metricsPages(): Map<string, Page> {
  if (!env.GRAFANA_METRICS_ENABLE) return new Map()
  return new Map([
    ['/metrics', show],
    ['/metrics/', show],
  ])
}

async function show(ctx: Context): Promise<void> {
  const counted = metrics()
  if (!mayRead(ctx)) throw new AppError('server.metrics_denied', { status: 403 })
  if (!counted) throw new AppError('request.not_found', { status: 404 })
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Content-Type', counted.registry.contentType)
  ctx.body = await counted.registry.metrics()
}

function mayRead(ctx: Context): boolean {
  if (env.METRICS_TOKEN !== null) return isToken(ctx.get('Authorization'), env.METRICS_TOKEN)
  // A proxy on this machine makes everybody look local, unless it is a trusted one that says who is calling.
  if (env.TRUSTED_PROXIES === 0 && (ctx.get('X-Forwarded-For') || ctx.get('Forwarded'))) return false
  return /^(127\.|::1$)/.test(ctx.state.request.client.ip)
}

function isToken(header: string, token: string): boolean {
  const given = Buffer.from(header.replace(/^bearer +/i, ''))
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
