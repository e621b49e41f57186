import type { OutgoingHttpHeader } from 'node:http'
import type { Context, Middleware, Next } from 'koa'
import helmet from 'koa-helmet'

/** Upgrading to https and HSTS would break an installation that is served over plain http in an intranet. */
export function securityHeaders(): Middleware {
  const decide = helmet({
    contentSecurityPolicy: {
      useDefaults: true,
      directives: {
        'upgrade-insecure-requests': null,
        'img-src': ["'self'", 'data:', 'https:'],
        'script-src': ["'self'"],
        'connect-src': ["'self'", 'ws:', 'wss:'],
      },
    },
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    crossOriginEmbedderPolicy: false,
  })
  let decided: [name: string, value: OutgoingHttpHeader][] | null = null
  const decideFirst = async (ctx: Context, next: Next): Promise<void> => {
    await decide(ctx, () => Promise.resolve())
    decided = Object.entries(ctx.res.getHeaders()).map(([name, value]) => [name, value ?? ''])
    await next()
  }
  return (ctx, next) => {
    // They depend on nothing in the request: worked out for the first one, only set for all others.
    if (decided === null) return decideFirst(ctx, next)
    for (const [name, value] of decided) ctx.res.setHeader(name, value)
    return next()
  }
}
