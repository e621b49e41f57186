import Router from '@koa/router'
import type { Context, Middleware, Next } from 'koa'
import { AppError } from '../common/errors'
import { compileRoute, type Host, type MountedRoute } from './run-route'
import type { Module } from './module'

/** Every route with its full path, in the order in which they are matched: fixed segments before parameters. */
export function mountedRoutes(modules: Module[], base: string): MountedRoute[] {
  const mounted = modules.flatMap((m) =>
    (m.routes ?? []).map((route) => ({ route, module: m.name, pattern: base + route.path })),
  )
  return mounted.sort((a, b) => (rank(a.pattern) < rank(b.pattern) ? -1 : 1))
}

/** A parameter sorts after every word, segment by segment. */
const rank = (pattern: string) => pattern.replace(/:[^/]+/g, '\u{10FFFF}')

/**
 * Routes found by the first segments below the base, so that hundreds of routes cost no more than a handful.
 * The table is replaced as a whole when modules come and go.
 */
export class RouteTable {
  #groups = new Map<string, Group>()
  /** First segments that a parameter follows, as in `/notices/:pk`: their routes stay in one group. */
  #shallow = new Set<string>()
  readonly #depth: number

  constructor(
    private readonly base: string,
    private readonly host: Host,
  ) {
    this.#depth = base.split('/').length
  }

  /** Takes effect for the next request; requests under way finish with the routes they found. */
  replace(modules: Module[]): void {
    const groups = new Map<string, Group>()
    const all = mountedRoutes(modules, this.base)
    const shallow = new Set(
      all
        .map(({ pattern }) => pattern)
        .filter(this.#isShallow)
        .map(this.#first),
    )
    for (const mounted of all) {
      const key = this.#keyOf(mounted.pattern, shallow)
      const group = groups.get(key) ?? new Group()
      groups.set(key, group)
      group.add(mounted, compileRoute(mounted, this.host))
    }
    this.#groups = groups
    this.#shallow = shallow
  }

  middleware(): Middleware {
    const answer = async (ctx: Context, next: Next, waited?: Promise<void>): Promise<void> => {
      const group = this.#groups.get(this.#keyOf(ctx.path, this.#shallow))
      if (!group) return void (await next())
      const { path, pathAndMethod } = group.match(ctx.path, ctx.method)
      if (path.length === 0) return void (await next())
      if (ctx.method === 'OPTIONS') return answerOptions(ctx, path)
      const [layer] = pathAndMethod
      if (!layer || ctx.method === 'HEAD') throw wrongMethod(path)
      const handler = group.handlerOf(layer)
      const exchanged = this.host.exchange?.(handler.module)
      // What is found now is gone by then, perhaps with its address. Nobody waits for the same exchange twice.
      if (exchanged && exchanged !== waited)
        return void (await exchanged.then(() => answer(ctx, next, exchanged)))
      ctx['params'] = layer.params(ctx.path, layer.captures(ctx.path))
      await handler.run(ctx)
    }
    return (ctx, next) => answer(ctx, next)
  }

  readonly #first = (path: string): string => path.split('/', this.#depth + 1).join('/')

  readonly #isShallow = (pattern: string): boolean =>
    pattern.split('/')[this.#depth + 1]?.startsWith(':') === true

  /** `/api/v1/sys/users/1` → `/api/v1/sys/users`, or `/api/v1/sys` if that is shallow. */
  #keyOf(path: string, shallow: ReadonlySet<string>): string {
    const first = this.#first(path)
    return shallow.has(first) ? first : path.split('/', this.#depth + 2).join('/')
  }
}

interface Handler {
  module: string
  run(ctx: Context): Promise<void>
}

/** The routes below one resource, and what runs each. */
class Group {
  readonly #router = new Router({ sensitive: true })
  readonly #handlers = new Map<unknown, Handler>()

  add({ pattern, route, module }: MountedRoute, run: Handler['run']): void {
    const layer = this.#router.register(pattern, [route.method], run)
    this.#handlers.set(layer, { module, run })
  }

  match(path: string, method: string) {
    return this.#router.match(path, method)
  }

  handlerOf(layer: unknown): Handler {
    const handler = this.#handlers.get(layer)
    if (!handler) throw new Error('a matched route has no handler')
    return handler
  }
}

type Layers = readonly { methods: readonly string[] }[]

const allowed = (layers: Layers) =>
  [...new Set(layers.flatMap((layer) => layer.methods))].filter((m) => m !== 'HEAD').sort()

const wrongMethod = (layers: Layers) =>
  new AppError('request.method_not_allowed', { status: 405, headers: { Allow: allowed(layers).join(', ') } })

function answerOptions(ctx: Context, layers: Layers): void {
  ctx.status = 200
  ctx.set('Allow', [...allowed(layers), 'OPTIONS'].join(', '))
  ctx.body = ''
}
