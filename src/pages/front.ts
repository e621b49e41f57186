import path from 'node:path'
import { env } from '../config/env'
import { t } from '../infra/i18n'
import { projectRoot } from '../utils/project-root'
import { version } from '../utils/version'
import { sendHtml } from './docs'
import { sendFileBelow } from './file'
import type { Page } from './page'
import { readTemplate } from './template'

const WORDS = [
  'headline',
  'lead',
  'next',
  'docs',
  'docs_hint',
  'docs_off',
  'docs_off_hint',
  'document',
  'document_hint',
  'health',
  'health_hint',
  'alive',
  'alive_hint',
]

/** `/` says what runs here and where to go on, until a console takes its place. */
export function frontPages(): Map<string, Page> {
  const files = path.join(projectRoot, 'static', 'front')
  const html = readTemplate(
    path.join(files, env.FASTAPI_OPENAPI_URL === null ? 'without-docs.html' : 'index.html'),
  )
  const fixed = {
    title: env.FASTAPI_TITLE,
    version,
    docs: env.FASTAPI_DOCS_URL,
    openapi: env.FASTAPI_OPENAPI_URL ?? '',
  }
  const file =
    (name: string): Page =>
    async (ctx) =>
      void (await sendFileBelow(ctx, files, name, { maxAge: 3600 }))
  return new Map<string, Page>([
    [
      '/',
      (ctx) => {
        const { language } = ctx.state.request
        const words = Object.fromEntries(WORDS.map((word) => [`front.${word}`, t(language, `front.${word}`)]))
        sendHtml(ctx, html({ ...fixed, ...words, language }))
      },
    ],
    ['/front.css', file('front.css')],
    ['/favicon.ico', file('favicon.svg')],
    ['/favicon.svg', file('favicon.svg')],
  ])
}
