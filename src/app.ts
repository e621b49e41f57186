import cors from '@koa/cors'
import Koa, { type Middleware } from 'koa'
import compress from 'koa-compress'
import helmet from 'koa-helmet'
import { env } from './config/env'
import type { Operation, RecordOperation } from './core/operation'
import { RouteTable } from './core/router'
import type { Host } from './core/run-route'
import type { Module } from './core/module'
import { accessLog } from './middleware/access-log'
import { error, toAppError } from './middleware/error'
import { request } from './middleware/request'
import { trailingSlash } from './middleware/trailing-slash'

export interface AppParts {
  modules: Module[]
  identify: Host['identify']
  record: RecordOperation
  /** Pages and files that are not part of the API: front page, documents, health, static files. */
  pages?: Middleware[]
}

export interface App {
  koa: Koa
  routes: RouteTable
}

/** The whole web application; it listens to nothing, so tests and servers use the same. */
export function createApp({ modules, identify, record, pages = [] }: AppParts): App {
  const koa = new Koa({ proxy: env.TRUSTED_PROXIES > 0, maxIpsCount: env.TRUSTED_PROXIES })
  koa.silent = true // the error middleware answers and logs
  const routes = new RouteTable(env.FASTAPI_API_V1_PATH, {
    identify,
    record,
    gate: () => {},
    explain: toAppError,
  })
  routes.replace(modules)
  koa.use(request)
  if (env.MIDDLEWARE_CORS) koa.use(corsForTheConsole())
  koa.use(accessLog)
  koa.use(securityHeaders())
  koa.use(compress({ threshold: 2048, br: false }))
  koa.use(error)
  koa.use(trailingSlash)
  koa.use(routes.middleware())
  for (const page of pages) koa.use(page)
  return { koa, routes }
}

export type { Operation }

/** Error answers need these headers too, or a console on another origin only sees "network error". */
const corsForTheConsole = () =>
  cors({
    origin: (ctx) => (env.CORS_ALLOWED_ORIGINS.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    credentials: true,
    allowMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    exposeHeaders: env.CORS_EXPOSE_HEADERS,
    maxAge: 600,
    keepHeadersOnError: false,
  })

/** Upgrading to https and HSTS would break an installation that is served over plain http in an intranet. */
const securityHeaders = () =>
  helmet({
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
