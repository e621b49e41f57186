import type { Context } from 'koa'
import { pageLinks, type PageQuery } from '../common/page'
import type { FileReply } from '../common/reply'
import type { Call } from './call'
import type { AnyRoute } from './route'

/** Puts the answer into the response. What the reply schema does not declare falls away here. */
export function send(ctx: Context, route: AnyRoute, answer: unknown, call: Call): void {
  const { kind, schema } = route.reply
  if (kind === 'file') return sendFile(ctx, answer as FileReply, route.reply.contentType)
  if (kind === 'redirect') return sendOn(ctx, answer as string)
  const value = kind === 'nothing' ? null : schema.parse(answer)
  ctx.status = 200
  if (kind === 'bare') return sendJson(ctx, value)
  const data = kind === 'page' ? withLinks(ctx, value as PageValue) : value
  sendJson(ctx, { code: 200, msg: call.t('response.success'), data })
}

/** As text: Koa would turn an object into JSON for its length, and again for sending it. */
function sendJson(ctx: Context, value: unknown): void {
  ctx.type = 'json'
  ctx.body = JSON.stringify(value)
}

interface PageValue {
  items: unknown[]
  total: number
}

function withLinks(ctx: Context, value: PageValue) {
  const { page, size } = askedPage(ctx)
  const pages = Math.ceil(value.total / size)
  const links = pageLinks(ctx.path, ctx.querystring, { page, size }, pages)
  return { ...value, page, size, total_pages: pages, links }
}

/** The query was parsed already, so the numbers are good; absent ones have the defaults of the contract. */
const askedPage = (ctx: Context): PageQuery => ({
  page: Number(new URLSearchParams(ctx.querystring).getAll('page').at(-1) ?? 1),
  size: Number(new URLSearchParams(ctx.querystring).getAll('size').at(-1) ?? 20),
})

function sendFile(ctx: Context, file: FileReply, contentType: string): void {
  ctx.status = 200
  ctx.type = file.content_type ?? contentType
  if (file.filename) ctx.attachment(file.filename)
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.body = file.body
}

/** The address may hold tokens: no cache keeps it, and no page is told where the browser came from. */
function sendOn(ctx: Context, address: string): void {
  ctx.status = 307
  ctx.set({ Location: address, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' })
  ctx.body = ''
}
