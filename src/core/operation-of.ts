import type { Context } from 'koa'
import { env } from '../config/env'
import type { ChangeLog } from '../common/changes'
import { InvalidInput, type AppError } from '../common/errors'
import { isSecretKey } from '../common/redact'
import type { CurrentUser } from '../common/types'
import { t } from '../infra/i18n'
import { maskSecrets, truncate } from './masking'
import type { Operation } from './operation'
import type { AnyRoute } from './route'

/** What the pipeline knows about a call while it runs. */
export interface Outcome {
  /** Null where no route took the call. */
  route: AnyRoute | null
  user: CurrentUser | null
  body: unknown
}

export interface RoutedOutcome extends Outcome {
  route: AnyRoute
  /** The row was written together with the change. */
  recorded: boolean
}

const named = new Set(env.OPERA_LOG_REDACT_KEYS.map((key) => key.toLowerCase()))
const isSecret = (key: string) => named.has(key.toLowerCase()) || isSecretKey(key)

/** The record of a call that went well; a failure overrides status, code and message. */
export function operationOf(
  ctx: Context,
  outcome: Outcome,
  changes: ReturnType<ChangeLog['toJSON']>,
): Operation {
  const { id, client, started, arrived } = ctx.state.request
  return {
    trace_id: id,
    user_id: outcome.user?.id ?? null,
    username: ctx.state.username ?? null,
    method: ctx.method,
    title: outcome.route?.title ?? '',
    path: ctx.path.slice(0, 512),
    client,
    args: outcome.route?.log === 'no_input' ? null : argumentsOf(ctx, outcome.body),
    changes,
    status: 1,
    code: '200',
    msg: 'Success',
    cost_time: Math.round((performance.now() - started) * 1000) / 1000,
    opera_time: arrived,
  }
}

/** The record of a call that was refused or failed. */
export const failedOperation = (operation: Operation, cause: AppError): Operation => ({
  ...operation,
  status: 0,
  code: String(cause.code),
  msg: wordsOf(cause),
})

/** A log is read by others than those who called, so it is kept in one language. */
const say = (key: string, params?: AppError['params']) => t(env.I18N_DEFAULT_LANGUAGE, key, params)

const MAX_ISSUES = 5

/** Names the fields that were wrong; what stood in them is among the arguments. */
function wordsOf(cause: AppError): string {
  if (!(cause instanceof InvalidInput) || cause.issues.length === 0) return say(cause.key, cause.params)
  if (cause.issues[0]?.type === 'json_invalid') return say('request.invalid_json')
  const told = cause.issues
    .slice(0, MAX_ISSUES)
    .map(({ loc, key, params }) => `${loc.join('.')} ${say(key, params)}`)
  const more = cause.issues.length > MAX_ISSUES ? ', …' : ''
  return say('request.invalid_message', { message: told.join(', ') + more })
}

/** Contract 6.4, with secrets masked at every depth and the raw text of forms never kept. */
function argumentsOf(ctx: Context, body: unknown): Record<string, unknown> | null {
  const args: Record<string, unknown> = {}
  if (ctx.querystring) args['query_params'] = maskSecrets(ctx.query, isSecret)
  const params: unknown = ctx['params']
  if (params && Object.keys(params).length > 0) args['path_params'] = params
  if (body !== undefined && body !== null) args[bodyKind(ctx, body)] = maskSecrets(body, isSecret)
  const files = Object.entries(ctx.request.files ?? {}).flatMap(([field, sent]) =>
    [sent].flat().map((f) => [field, f] as const),
  )
  if (files.length > 0) {
    args['form-data'] = Object.fromEntries(
      files.map(([field, f]) => [
        field,
        { filename: f.originalFilename, content_type: f.mimetype, size: f.size },
      ]),
    )
  }
  return Object.keys(args).length > 0 ? truncate(args) : null
}

function bodyKind(ctx: Context, body: unknown): string {
  if (ctx.is('urlencoded')) return 'x-www-form-urlencoded'
  if (ctx.is('multipart')) return 'form-data'
  return typeof body === 'object' && !Array.isArray(body) ? 'json' : 'data'
}
