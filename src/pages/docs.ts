import path from 'node:path'
import type { Context } from 'koa'
import { env } from '../config/env'
import { openapiDocument } from '../core/openapi'
import type { Module } from '../core/module'
import { projectRoot } from '../utils/project-root'
import { sendFileBelow } from './file'
import { readTemplate } from './template'
import type { Page } from './page'

const DAY = 86_400
/** Resolved, not loaded: the package is a browser program. */
const swaggerFolder = path.dirname(require.resolve('swagger-ui-dist/package.json'))
const OURS = ['docs.js', 'docs.css']
const THEIRS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

/** The OpenAPI document and the page that shows it, all from this machine; none where the document is off. */
export function docsPages(modules: () => Module[]): Map<string, Page> {
  const { FASTAPI_OPENAPI_URL: document, FASTAPI_DOCS_URL: docs, FASTAPI_REDOC_URL: redoc } = env
  if (document === null) return new Map()
  const files = path.join(projectRoot, 'static', 'docs')
  const html = readTemplate(path.join(files, 'index.html'))
  const pages = new Map<string, Page>([
    [document, documentPage(modules)],
    [
      docs,
      (ctx) =>
        sendHtml(
          ctx,
          html({ title: env.FASTAPI_TITLE, document, base: docs, language: ctx.state.request.language }),
        ),
    ],
    [redoc, (ctx) => ctx.redirect(docs)],
  ])
  const add = (folder: string, name: string) =>
    pages.set(
      `${docs}/${name}`,
      async (ctx) => void (await sendFileBelow(ctx, folder, name, { maxAge: DAY })),
    )
  for (const name of OURS) add(files, name)
  for (const name of THEIRS) add(swaggerFolder, name)
  return pages
}

/** The text is made when it is first asked for, and anew when modules come or go. */
function documentPage(modules: () => Module[]): Page {
  let known: { modules: Module[]; text: Promise<string> } | undefined
  return async (ctx) => {
    const now = modules()
    if (known?.modules !== now)
      known = { modules: now, text: openapiDocument(now).then((made) => JSON.stringify(made)) }
    ctx.type = 'application/json'
    ctx.body = await known.text
  }
}

export function sendHtml(ctx: Context, html: string): void {
  ctx.type = 'text/html'
  ctx.set('Cache-Control', 'no-cache')
  ctx.vary('Accept-Language')
  ctx.body = html
}
