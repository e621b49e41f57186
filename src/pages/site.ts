import type { Middleware } from 'koa'
import type { Health } from '../core/health'
import type { Module } from '../core/module'
import { boardPages, type BoardParts } from './board'
import { docsPages } from './docs'
import { frontPages } from './front'
import { healthPages } from './health'
import { metricsPages } from './metrics'
import { servePages } from './page'
import { staticFiles } from './static-files'

export interface SiteParts {
  /** The modules that are switched on at the moment. */
  modules: () => Module[]
  health: () => Promise<Health>
  board: BoardParts
}

/** What a process without the role `web` serves: how it is, and its figures. */
export const figures = (health: SiteParts['health']): Middleware[] => [
  servePages(new Map([...healthPages(health), ...metricsPages()])),
]

/** Everything that is served beside the API. */
export function site({ modules, health, board }: SiteParts): Middleware[] {
  const pages = new Map([...frontPages(), ...docsPages(modules), ...healthPages(health), ...metricsPages()])
  return [servePages(pages), boardPages(board), staticFiles()]
}
