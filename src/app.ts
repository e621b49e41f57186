import Koa, { type Middleware } from 'koa'
import compress from 'koa-compress'
import { env } from './config/env'
import type { Operation, RecordOperation } from './core/operation'
import { RouteTable } from './core/router'
import type { Host } from './core/run-route'
import type { Module } from './core/module'
import { strayCalls } from './core/stray-calls'
import { accessLog } from './middleware/access-log'
import { count } from './middleware/count'
import { cors } from './middleware/cors'
import { error, toAppError } from './middleware/error'
import { installLastResort } from './middleware/last-resort'
import { request } from './middleware/request'
import { securityHeaders } from './middleware/security-headers'
import { trace } from './middleware/trace'
import { trailingSlash } from './middleware/trailing-slash'

export interface AppParts {
  modules: Module[]
  identify: Host['identify']
  record: RecordOperation
  gate?: Host['gate']
  exchange?: Host['exchange']
  /** What is served beside the API: front page, documents, health, static files. */
  pages?: Middleware[]
}

export interface App {
  koa: Koa
  routes: RouteTable
}

/** Pages and nothing else, for processes without the role `web`. */
export function createPages(pages: Middleware[]): Koa {
  const koa = newKoa()
  for (const one of [securityHeaders(), request, error, ...pages]) koa.use(one)
  return koa
}

function newKoa(): Koa {
  const koa = new Koa({ proxy: env.TRUSTED_PROXIES > 0, maxIpsCount: env.TRUSTED_PROXIES })
  installLastResort(koa)
  return koa
}

/** The whole web application; it listens to nothing, so tests and servers use the same. */
export function createApp({
  modules,
  identify,
  record,
  gate = () => () => {},
  exchange,
  pages = [],
}: AppParts): App {
  const koa = newKoa()
  const host: Host = { identify, record, gate, explain: toAppError, ...(exchange && { exchange }) }
  const routes = new RouteTable(env.FASTAPI_API_V1_PATH, host)
  routes.replace(modules)
  koa.use(securityHeaders())
  if (env.MIDDLEWARE_CORS) koa.use(cors)
  koa.use(request)
  koa.use(accessLog)
  koa.use(count)
  koa.use(trace)
  koa.use(compress({ threshold: 2048, br: false }))
  koa.use(error)
  koa.use(trailingSlash)
  koa.use(strayCalls(env.FASTAPI_API_V1_PATH, host))
  koa.use(routes.middleware())
  for (const page of pages) koa.use(page)
  return { koa, routes }
}

export type { Operation }
