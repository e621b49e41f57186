import fs from 'node:fs/promises'
import path from 'node:path'
import type { Context } from 'koa'
import { HttpMethodEnum, koaBody, type KoaBodyMiddlewareOptions } from 'koa-body'
import { env } from '../config/env'
import { InvalidInput, badRequest, tooLarge, type FieldIssue } from '../common/errors'
import type { AnyRoute, UploadedFile } from './route'

type Parser = (ctx: Context, next: () => Promise<void>) => Promise<void>

/** Everything a body may bring: a value, and files that are deleted when the request ends. */
export interface Body {
  value: unknown
  files: Record<string, UploadedFile[]>
}

const METHODS = [HttpMethodEnum.POST, HttpMethodEnum.PUT, HttpMethodEnum.PATCH, HttpMethodEnum.DELETE]
const TAKES_BODY: ReadonlySet<string> = new Set(METHODS)

/** Builds the body parser of a route; it runs only after the caller was let in. */
export function bodyReader(route: AnyRoute): (ctx: Context) => Promise<Body> {
  const options: Partial<KoaBodyMiddlewareOptions> = {
    json: true,
    text: false,
    urlencoded: true,
    multipart: route.upload !== undefined,
    jsonLimit: env.BODY_JSON_MAX,
    formLimit: env.BODY_JSON_MAX,
    jsonStrict: false,
    parsedMethods: METHODS,
    formidable: !route.upload
      ? {}
      : {
          uploadDir: uploadFolder(),
          maxFiles: route.upload.max_files,
          maxFileSize: route.upload.max_size,
          maxTotalFileSize: route.upload.max_size * route.upload.max_files,
          maxFields: 100,
          maxFieldsSize: 1024 * 1024,
          allowEmptyFiles: true,
          minFileSize: 0,
        },
  }
  const parse: Parser = koaBody(options)
  return async (ctx) => {
    if (!TAKES_BODY.has(ctx.method) || isEmpty(ctx)) return { value: undefined, files: {} }
    await parse(ctx, async () => {}).catch((cause: unknown) => {
      readToTheEnd(ctx)
      throw translate(cause)
    })
    const value: unknown = ctx.request.body
    refuseMonsters(value)
    return { value, files: filesOf(ctx) }
  }
}

/** What is left of a refused body must not stand before the next request on the same connection. */
function readToTheEnd({ req }: Context): void {
  req.unpipe()
  req.resume()
}

const isEmpty = (ctx: Context) =>
  ctx.get('Content-Length') === '0' || (!ctx.get('Content-Length') && !ctx.get('Transfer-Encoding'))

/** A private folder for parts of uploads. */
export const uploadFolder = (): string => path.join(env.DATA_DIR, 'tmp-upload')

const A_DAY_MS = 86_400_000

/** Makes the folder, and sweeps what killed processes left in it; others may be receiving files there right now. */
export async function prepareUploadFolder(): Promise<void> {
  await fs.mkdir(uploadFolder(), { recursive: true, mode: 0o700 })
  for (const name of await fs.readdir(uploadFolder())) {
    const file = path.join(uploadFolder(), name)
    const found = await fs.stat(file).catch(() => null)
    if (found && Date.now() - found.mtimeMs > A_DAY_MS) await fs.rm(file, { recursive: true, force: true })
  }
}

function translate(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null) return cause
  const status: unknown =
    Reflect.get(cause, 'status') ?? Reflect.get(cause, 'statusCode') ?? Reflect.get(cause, 'httpCode')
  if (status === 413) return tooLarge('request.body_too_large')
  if (cause instanceof SyntaxError || status === 400) return brokenJson()
  return typeof status === 'number' && status < 500 ? badRequest('request.refused') : cause
}

const issue = (type: string, params?: Record<string, number>): FieldIssue => ({
  type,
  loc: ['body'],
  key: `validation.${type}`,
  ...(params && { params }),
})

const brokenJson = () => new InvalidInput([issue('json_invalid')])

/** A small text can describe a structure that is dear to walk: depth and number of values are bounded before any schema sees it. */
function refuseMonsters(root: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }]
  let seen = 0
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (typeof at.value !== 'object' || at.value === null) continue
    if (at.depth > env.BODY_MAX_DEPTH)
      throw new InvalidInput([issue('too_deep', { max: env.BODY_MAX_DEPTH })])
    const inner: unknown[] = Object.values(at.value)
    seen += inner.length
    if (seen > env.BODY_MAX_ITEMS)
      throw new InvalidInput([issue('too_many_items', { max: env.BODY_MAX_ITEMS })])
    for (const value of inner) waiting.push({ value, depth: at.depth + 1 })
  }
}

function filesOf(ctx: Context): Record<string, UploadedFile[]> {
  const files: Record<string, UploadedFile[]> = {}
  for (const [field, sent] of Object.entries(ctx.request.files ?? {})) {
    const list = Array.isArray(sent) ? sent : [sent]
    files[field] = list.map((f) => ({ name: f.originalFilename ?? '', size: f.size, path: f.filepath }))
  }
  return files
}

/** Deletes what no service moved away. */
export async function dropFiles(files: Record<string, UploadedFile[]>): Promise<void> {
  await Promise.all(
    Object.values(files)
      .flat()
      .map((f) => fs.rm(f.path, { force: true })),
  )
}
