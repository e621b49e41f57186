import type { Context } from 'koa'
import type { z } from 'zod'
import { env } from '../config/env'
import { type AppError, InvalidInput, forbidden, unauthorized, type FieldIssue } from '../common/errors'
import { toFieldIssues } from '../common/issues'
import type { CurrentUser } from '../common/types'
import { inTransaction, reader } from '../infra/database'
import type { Db, RowFilter } from '../infra/db'
import { beginChange, type Change } from '../infra/epoch'
import { logger } from '../infra/logger'
import { mayCall } from '../security/access'
import { mustHaveConfirmed } from '../security/confirmation'
import { rowFilter } from '../security/data-scope'
import { limit } from '../security/rate-limit'
import { Call } from './call'
import { under, type Place } from './guard'
import { KoaSide } from './http-side'
import { isLogged, type RecordOperation } from './operation'
import { failedOperation, operationOf, type RoutedOutcome } from './operation-of'
import { bodyReader, noBody, type Body } from './read-body'
import { send } from './send'
import { changes, type AnyRoute, type Input } from './route'

/** What the pipeline needs from above the core; handed over by `createApp`. */
export interface Host {
  /** The user behind the bearer token. @throws 401 or 403 */
  identify(token: string): Promise<CurrentUser>
  record: RecordOperation
  /** Lets a call in to the module of its route. @returns how it leaves. @throws where the module is switched off */
  gate(module: string): () => void
  /** Settles when a module may be asked again that is being exchanged; null where none is. */
  exchange?(module: string): Promise<void> | null
  /** Words of an error for the operation log. */
  explain(error: unknown): AppError
}

export interface MountedRoute {
  route: AnyRoute
  module: string
  /** Full path pattern with the API base. */
  pattern: string
}

type Parsed = Input<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>

/**
 * The one pipeline, compiled once per route: gate, who, may, parse, prepare, transaction, handle, reply,
 * record, commit.
 * Identity comes before shape, so a stranger learns no schema from a 422; the answer is checked inside the
 * transaction, so an answer that cannot be given leaves nothing half-saved.
 */
export function compileRoute(
  { route, module, pattern }: MountedRoute,
  host: Host,
): (ctx: Context) => Promise<void> {
  const readBody = bodyReader(route)
  const inTransactionByDefault = route.transaction ?? changes(route)
  const place = { module, what: `${route.method.toUpperCase()} ${pattern}`, isBounded: true }

  return async (ctx) => {
    const outcome: RoutedOutcome = { route, user: null, body: undefined, recorded: false }
    ctx.state.route = { title: route.title, pattern }
    ctx.state.onRoute?.(pattern)
    let body = noBody()
    let leave: (() => void) | undefined
    let prepared: unknown
    try {
      leave = host.gate(module)
      refuseInDemoMode(ctx, route)
      outcome.user = await who(ctx, route, host)
      if (route.access !== 'public') mayCall(must(outcome.user), route, ctx.method, ctx.path)
      if (asksToConfirm(route)) await mustHaveConfirmed(must(outcome.user))
      if (route.rate)
        await limit({ ...route.rate, name: `${route.method}:${pattern}` }, ctx.state.request.client.ip)
      if (readBody) body = await readBody(ctx)
      outcome.body = body.value
      const input = parse(ctx, route, body)
      const run = inTransactionByDefault ? handleInTransaction : handleReading
      if (route.prepare) prepared = await under(place, () => prepare(ctx, route, outcome, input))
      await run({ ctx, route, host, place, outcome, input, prepared })
    } catch (error) {
      await recordFailure(ctx, host, outcome, error)
      if (!leave || !route.refused) throw error
      await answerRefused(ctx, route, host.explain(error), prepared)
    } finally {
      leave?.()
      await body.drop()
    }
  }
}

interface Turn {
  ctx: Context
  route: AnyRoute
  host: Host
  place: Place
  outcome: RoutedOutcome
  input: Parsed
  prepared: unknown
}

function prepare(ctx: Context, route: AnyRoute, outcome: RoutedOutcome, input: Parsed): unknown {
  return route.prepare?.(makeCall(ctx, reader(rowsFor(outcome.user)), outcome.user), input)
}

async function handleReading({ ctx, route, host, place, outcome, input, prepared }: Turn): Promise<void> {
  const call = makeCall(ctx, reader(rowsFor(outcome.user)), outcome.user)
  await under(place, async () => send(ctx, route, await route.handle(call, input, prepared), call))
  await call.committed()
  if (isLogged(route)) await host.record(operationOf(ctx, outcome, null), null)
}

/** The answer of a route that words its refusals itself. */
async function answerRefused(
  ctx: Context,
  route: AnyRoute,
  cause: AppError,
  prepared: unknown,
): Promise<void> {
  const call = makeCall(ctx, reader(), null)
  ctx.state.failure = cause
  if (cause.status >= 500) call.log.error('request failed', { err: cause.cause ?? cause, path: ctx.path })
  const answer = await route.refused?.(call, cause, prepared)
  ctx.set(cause.headers)
  send(ctx, route, answer, call)
}

/** The change, its operation-log row and the check of the answer are one transaction; only then the answer leaves. */
async function handleInTransaction({
  ctx,
  route,
  host,
  place,
  outcome,
  input,
  prepared,
}: Turn): Promise<void> {
  const changing: Change[] = []
  let last: Call | null = null
  try {
    await inTransaction(
      async (db) => {
        const call = (last = makeCall(ctx, db, outcome.user))
        await under(place, async () => send(ctx, route, await route.handle(call, input, prepared), call))
        if (isLogged(route)) await host.record(operationOf(ctx, outcome, db.changes.toJSON()), db)
        if (call.outdated.length > 0) changing.push(await beginChange(call.outdated, undefined, call.log))
      },
      { rows: rowsFor(outcome.user), rolledBack: async (again) => last?.rolledBack(again) },
    )
    outcome.recorded = true
  } finally {
    for (const change of changing) await change.done()
  }
  await (last as Call | null)?.committed()
}

const rowsFor = (user: CurrentUser | null): RowFilter | undefined =>
  user ? (model) => rowFilter(user, model) : undefined

function makeCall(ctx: Context, db: Db, user: CurrentUser | null): Call {
  const { id, language, client } = ctx.state.request
  const log = logger.child({ request_id: id, user_id: user?.id ?? null })
  const named = (username: string) => void (ctx.state.username = username)
  return new Call({ id, user, db, language, client, log, http: new KoaSide(ctx), named })
}

const must = (user: CurrentUser | null): CurrentUser => {
  if (!user) throw unauthorized('auth.not_authenticated', { 'WWW-Authenticate': 'Bearer' })
  return user
}

const asksToConfirm = ({ confirm }: AnyRoute): boolean =>
  typeof confirm === 'function' ? confirm() : confirm === true

function refuseInDemoMode({ method, path }: Context, route: AnyRoute): void {
  if (!env.DEMO_MODE || !changes(route)) return
  const isExcluded = env.DEMO_MODE_EXCLUDE.some((one) => one[0].toUpperCase() === method && one[1] === path)
  if (!isExcluded) throw forbidden('request.demo_mode')
}

const BEARER = /^bearer +([^\s]+)$/i

/** Public routes ignore a token, stale or not. */
async function who(ctx: Context, route: AnyRoute, host: Host): Promise<CurrentUser | null> {
  if (route.access === 'public') return null
  const token = BEARER.exec(ctx.get('Authorization'))?.[1]
  if (!token) throw unauthorized('auth.not_authenticated', { 'WWW-Authenticate': 'Bearer' })
  const user = await host.identify(token)
  ctx.state.username = user.username
  return user
}

/** Every issue of every part is reported at once. */
function parse(ctx: Context, route: AnyRoute, body: Body): Parsed {
  const issues: FieldIssue[] = []
  const take = (part: 'path' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined
    const result = schema.safeParse(value, { reportInput: true })
    if (result.success) return result.data
    issues.push(...toFieldIssues(part, result.error.issues))
    return undefined
  }
  const input = {
    params: take('path', route.params, ctx['params']),
    query: take('query', route.query, route.query && lastOfEach(ctx.query)),
    body: take('body', route.body, body.value),
    files: body.files,
  }
  if (issues.length > 0) throw new InvalidInput(issues)
  return input
}

/** Of a repeated parameter the last counts. */
const lastOfEach = (query: Record<string, string | string[] | undefined>) =>
  Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value.at(-1) : value]),
  )

/** A refused or failed call changed nothing; its row is written apart and must not turn one failure into two. */
async function recordFailure(
  ctx: Context,
  host: Host,
  outcome: RoutedOutcome,
  error: unknown,
): Promise<void> {
  if (outcome.recorded || !isLogged(outcome.route)) return
  try {
    const cause = host.explain(error)
    await host.record(failedOperation(operationOf(ctx, outcome, null), cause), null)
  } catch (err) {
    logger.error('the operation log could not take a failed call', { err, request_id: ctx.state.request.id })
  }
}
