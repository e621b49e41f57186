import { UniqueConstraintError, ValidationError } from 'sequelize'
import type { Context, Next } from 'koa'
import { env } from '../config/env'
import { AppError, InvalidInput, conflict, tooLarge, unavailable, type FieldIssue } from '../common/errors'
import { isDatabaseBusy, isDatabaseDown } from '../infra/database-error'
import { t } from '../infra/i18n'
import { logger } from '../infra/logger'
import { isRedisDown } from '../infra/redis'

/** The only translator of errors into answers, and the only place that turns a message key into words. */
export async function error(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
    if (ctx.status === 404 && ctx.body === undefined) throw new AppError('request.not_found', { status: 404 })
  } catch (cause) {
    answer(ctx, toAppError(cause))
  }
}

/** Known errors keep their words; everything else becomes a bare 500 whose cause is in the log. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  if (isRedisDown(cause)) return unavailable('redis.unavailable', cause)
  if (cause instanceof UniqueConstraintError) return conflict('request.conflict')
  if (isDatabaseDown(cause)) return unavailable('database.unavailable', cause)
  if (isDatabaseBusy(cause)) return unavailable('database.busy', cause)
  if (cause instanceof ValidationError) return new AppError('request.invalid', { status: 422, cause })
  const status = statusOf(cause)
  if (status === 413) return tooLarge('request.body_too_large')
  if (status >= 400 && status < 500) return new AppError('request.refused', { status, cause })
  return new AppError('server.error', { status: 500, cause })
}

/** Koa and the body parsers carry `status`, `statusCode` or `httpCode`. */
function statusOf(cause: unknown): number {
  if (typeof cause !== 'object' || cause === null) return 500
  for (const name of ['status', 'statusCode', 'httpCode']) {
    const value: unknown = Reflect.get(cause, name)
    if (typeof value === 'number') return value
  }
  return 500
}

function answer(ctx: Context, cause: AppError): void {
  const { id, language } = ctx.state.request
  ctx.state.failure = cause
  if (cause.status >= 500)
    logger.error('request failed', { err: cause.cause ?? cause, request_id: id, path: ctx.path })
  const msg = messageOf(cause, language)
  const data = cause instanceof InvalidInput ? issuesOf(cause, language) : cause.data
  ctx.status = cause.status
  ctx.set(cause.headers)
  ctx.body =
    cause.status === 200 ? { code: cause.code, msg, data } : { code: cause.code, msg, data, trace_id: id }
}

/** The sentence an error says in the given language. */
function messageOf(cause: AppError, language: string): string {
  if (!(cause instanceof InvalidInput)) return t(language, cause.key, cause.params)
  const first = cause.issues[0]
  if (!first) return t(language, 'request.invalid')
  if (first.type === 'json_invalid') return t(language, 'request.invalid_json')
  const message = t(language, first.key, first.params)
  if (env.ENVIRONMENT === 'prod') return t(language, 'request.invalid_message', { message })
  const field = first.loc.length > 1 ? String(first.loc.at(-1)) : ''
  if (first.input === undefined) {
    return t(language, 'request.invalid_message', { message: field ? `${field} ${message}` : message })
  }
  return t(language, 'request.invalid_field', { field, message, input: JSON.stringify(first.input) })
}

function issuesOf(cause: InvalidInput, language: string) {
  if (env.ENVIRONMENT === 'prod') return null
  return { errors: cause.issues.map((issue) => describe(issue, language)) }
}

const describe = ({ type, loc, key, params, input, ctx }: FieldIssue, language: string) => ({
  type,
  loc,
  msg: t(language, key, params),
  input: input ?? null,
  ...(ctx && { ctx }),
})
