import { z } from 'zod'
import { env } from '../config/env'
import type { Reply } from '../common/reply'
import type { Access, CurrentUser } from '../common/types'
import { isAllowed } from '../security/access'
import type { Call } from './call'
import { operationId } from './openapi'
import { changes, route, type AnyRoute, type Input } from './route'
import { mountedRoutes } from './router'
import type { MountedRoute } from './run-route'
import { workingModules } from './working-modules'

/** Something that agents can do and that has no place of its own in the API. */
export interface ToolDeclaration<S extends z.ZodType, R> {
  /** Letters, digits, `_` and `-`, unique: models call it by this name. */
  name: string
  /** As of a route. */
  title: string
  /** Tells a model what it does, and when to use it. */
  description: string
  access: Access
  /** Tells a model what it takes: give each field a `.describe()`. */
  input: S
  reply: Reply<R>
  handle(call: Call, input: Input<undefined, undefined, S>['body']): Promise<R> | R
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/

/**
 * Declares a tool: a route `POST /tools/<name>`, to be listed under `routes`, and so with everything a route has:
 * rights, validation, transaction, operation log, the answer of a plugin that is switched off.
 */
export function tool<S extends z.ZodType, R>(declared: ToolDeclaration<S, R>): AnyRoute {
  const { name, title, description, access, input, reply } = declared
  if (!NAME.test(name)) throw new RangeError(`no name for a tool: ${name}`)
  const parts = { title, description, access, reply, body: input, tool: name }
  return route<undefined, undefined, S, R, undefined>({
    ...{ ...parts, method: 'post', path: `/tools/${name}` },
    handle: (call, { body }) => declared.handle(call, body),
  })
}

/** What an agent has to know for calling a route. */
export interface ToolDescription {
  name: string
  title: string
  description: string | null
  module: string
  /** Declared by `tool()`, and not one of the other routes. */
  is_tool: boolean
  method: string
  /** Full path, with `:name` for what `params` holds. */
  path: string
  /** Whether it may change something. */
  changes: boolean
  /** JSON Schema of an object with `params`, `query` and `body`, as far as the route takes them; made when it is asked for. */
  inputSchema(): Record<string, unknown>
}

/** Everything the user may call whose input and answer are JSON: tools first, then the other routes. */
export function toolsFor(user: CurrentUser): ToolDescription[] {
  const mounted = mountedRoutes(workingModules(), env.FASTAPI_API_V1_PATH)
  const mine = mounted.filter((one) => isJson(one.route) && mayCall(user, one))
  return [...mine.filter(({ route }) => route.tool), ...mine.filter(({ route }) => !route.tool)].map(describe)
}

/** Public routes are for those who have not signed in yet. */
const isJson = ({ access, reply, upload }: AnyRoute) =>
  access !== 'public' && upload === undefined && reply.kind !== 'file' && reply.kind !== 'redirect'

const mayCall = (user: CurrentUser, { route, pattern }: MountedRoute) =>
  isAllowed(user, route, route.method.toUpperCase(), pattern)

function describe({ route, module, pattern }: MountedRoute): ToolDescription {
  return {
    name: route.tool ?? operationId(module, route),
    title: route.title,
    description: route.description ?? null,
    module,
    is_tool: route.tool !== undefined,
    method: route.method.toUpperCase(),
    path: pattern,
    changes: changes(route),
    inputSchema: () => schemaOf(route),
  }
}

const known = new WeakMap<AnyRoute, Record<string, unknown>>()

function schemaOf(route: AnyRoute): Record<string, unknown> {
  const schema = known.get(route) ?? makeSchema(route)
  known.set(route, schema)
  return schema
}

function makeSchema({ params, query, body }: AnyRoute): Record<string, unknown> {
  const parts = Object.entries({ params, query, body }).flatMap(([name, schema]) =>
    schema ? [[name, schema] as const] : [],
  )
  return z.toJSONSchema(z.object(Object.fromEntries(parts)), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => applyOwn(jsonSchema),
  })
}

/** Atoms say themselves what they look like, under `override` of their meta, which zod copies as it is. */
function applyOwn(schema: Record<string, unknown>): void {
  const own = schema['override']
  if (typeof own !== 'object' || own === null) return
  delete schema['override']
  Object.assign(schema, own)
}
