import type { Context, Next } from 'koa'
import { env } from '../config/env'
import { logger } from '../infra/logger'

/** One line for each call of the API: address, method, status, path, milliseconds (contract 6.6). */
export async function accessLog(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } finally {
    if (ctx.path.startsWith(`${env.FASTAPI_API_V1_PATH}/`)) writeLine(ctx)
  }
}

function writeLine(ctx: Context): void {
  const { client, started, id } = ctx.state.request
  const elapsed = (performance.now() - started).toFixed(3)
  const words = [
    client.ip.padEnd(15),
    ctx.method.padEnd(8),
    String(ctx.status).padEnd(6),
    ctx.path,
    `${elapsed}ms`,
  ]
  logger.info(words.join(' | '), { request_id: id })
}
