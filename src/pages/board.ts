import path from 'node:path'
import type { Context, Middleware, Next } from 'koa'
import { env } from '../config/env'
import { AppError } from '../common/errors'
import type { CurrentUser } from '../common/types'
import { KoaSide } from '../core/http-side'
import { reader } from '../infra/database'
import type { Db } from '../infra/db'
import { t } from '../infra/i18n'
import { BOARD_PATH, makeBoard, type BoardView, type ShowBoard } from '../infra/queue-board'
import { mayCall } from '../security/access'
import { rowFilter } from '../security/data-scope'
import { PASS_SECONDS, readPass, redeemTicket } from '../security/page-pass'
import { projectRoot } from '../utils/project-root'
import { sendHtml } from './docs'
import { readTemplate } from './template'

export interface BoardParts {
  /** A user with the rights of this moment. @throws when there is no such user any more */
  currentUser: (id: string) => Promise<CurrentUser>
  /** What somebody is shown who reads by `db`. */
  view: (db: Db) => BoardView
}

const CODE = 'sys:task:board'
const PAGE = 'board'
const COOKIE = 'steward_board'
const ENTRANCE = `${BOARD_PATH}/enter`

/** The page loads nothing from elsewhere, and its own styles are partly inline. */
const CSP = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "object-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/**
 * The queues as Bull sees them, for users with the code. Every request is asked anew whether session and right are still
 * there; nothing can be changed here.
 */
export function boardPages({ currentUser, view }: BoardParts): Middleware {
  let board: Promise<ShowBoard> | undefined
  return async (ctx: Context, next: Next) => {
    if (ctx.path !== BOARD_PATH && !ctx.path.startsWith(`${BOARD_PATH}/`)) return void (await next())
    if (ctx.method !== 'GET' && (ctx.method !== 'HEAD' || ctx.path === ENTRANCE))
      throw new AppError('request.method_not_allowed', { status: 405, headers: { Allow: 'GET' } })
    ctx.set('Content-Security-Policy', CSP)
    ctx.set('Cache-Control', 'no-store')
    try {
      if (ctx.path === ENTRANCE) return await enter(ctx)
      const user = await whoMay(ctx, currentUser)
      board ??= makeBoard(env.FASTAPI_TITLE)
      const show = await board
      await show(view(reader((model) => rowFilter(user, model))), ctx, next)
    } catch (error) {
      sayWhy(ctx, error)
    }
  }
}

/** The page leads on by itself: after a redirect from another site, the browser would keep the new cookie back. */
async function enter(ctx: Context): Promise<void> {
  const ticket = new URLSearchParams(ctx.querystring).get('ticket') ?? ''
  const pass = await redeemTicket(PAGE, ticket)
  const options = { max_age: PASS_SECONDS, path: BOARD_PATH, same_site: 'Strict' as const }
  new KoaSide(ctx).setCookie(COOKIE, pass, options)
  sendPage(ctx, 'enter')
}

async function whoMay(ctx: Context, currentUser: BoardParts['currentUser']): Promise<CurrentUser> {
  const { user_id } = await readPass(PAGE, ctx.cookies.get(COOKIE))
  const user = await currentUser(user_id)
  mayCall(user, { access: CODE }, ctx.method, ctx.path)
  return user
}

/** A person gets a page that tells what to do, a program the usual answer. */
function sayWhy(ctx: Context, error: unknown): void {
  const isRefusal = error instanceof AppError && (error.status === 401 || error.status === 403)
  if (!isRefusal || !ctx.get('Accept').includes('text/html')) throw error
  sendPage(ctx, 'closed', t(ctx.state.request.language, error.key, error.params))
  ctx.status = error.status
}

const WORDS = ['title', 'enter', 'closed', 'hint'].map((word) => `board.${word}`)
const folder = path.join(projectRoot, 'static', 'board')
const pages = new Map<string, ReturnType<typeof readTemplate>>()

function sendPage(ctx: Context, name: 'enter' | 'closed', reason = ''): void {
  const { language } = ctx.state.request
  const html = pages.get(name) ?? readTemplate(path.join(folder, `${name}.html`))
  pages.set(name, html)
  const api = { path: `${env.FASTAPI_API_V1_PATH}/tasks/board` }
  const words = Object.fromEntries(WORDS.map((key) => [key, t(language, key, api)]))
  sendHtml(ctx, html({ ...words, language, reason, board: `${BOARD_PATH}/` }))
  ctx.set('Cache-Control', 'no-store')
}
