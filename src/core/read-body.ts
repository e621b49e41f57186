import fs from 'node:fs/promises'
import path from 'node:path'
import type { Context } from 'koa'
import { HttpMethodEnum, koaBody, type KoaBodyMiddlewareOptions } from 'koa-body'
import { env } from '../config/env'
import { InvalidInput, badRequest, tooLarge, type FieldIssue } from '../common/errors'
import type { AnyRoute, UploadedFile } from './route'

type Parser = (ctx: Context, next: () => Promise<void>) => Promise<void>

/** Everything a body may bring: a value, and files. */
export interface Body {
  value: unknown
  files: Record<string, UploadedFile[]>
  /** Deletes the files that no service moved away; to be called when the request ends. */
  drop(): Promise<void>
}

export const noBody = (): Body => ({ value: undefined, files: {}, drop: () => Promise.resolve() })

const METHODS = [HttpMethodEnum.POST, HttpMethodEnum.PUT, HttpMethodEnum.PATCH, HttpMethodEnum.DELETE]
const TAKES_BODY: ReadonlySet<string> = new Set(METHODS)

/**
 * Builds the body parser of a route; it runs only after the caller was let in.
 * @returns null where the method takes no body
 */
export function bodyReader(route: AnyRoute): ((ctx: Context) => Promise<Body>) | null {
  if (!TAKES_BODY.has(route.method.toUpperCase())) return null
  const parse: Parser = koaBody(optionsOf(route, ''))
  return async (ctx) => {
    if (isEmpty(ctx)) return noBody()
    if (!route.upload) return { ...noBody(), value: await valueOf(ctx, route, parse) }
    // Formidable forgets the files of a body that it refuses half-way, so every request has a folder to be deleted.
    const folder = await fs.mkdtemp(path.join(uploadFolder(), 'request-'))
    const drop = () => dropFolder(folder)
    try {
      const value = await valueOf(ctx, route, koaBody(optionsOf(route, folder)))
      return { value, files: filesOf(ctx), drop }
    } catch (cause) {
      await drop()
      throw cause
    }
  }
}

const optionsOf = ({ upload }: AnyRoute, uploadDir: string): Partial<KoaBodyMiddlewareOptions> => ({
  json: true,
  text: false,
  urlencoded: true,
  multipart: upload !== undefined,
  jsonLimit: env.BODY_JSON_MAX,
  formLimit: env.BODY_JSON_MAX,
  jsonStrict: false,
  parsedMethods: METHODS,
  formidable: !upload
    ? {}
    : {
        uploadDir,
        maxFiles: upload.max_files,
        maxFileSize: upload.max_size,
        maxTotalFileSize: upload.max_size * upload.max_files,
        maxFields: 100,
        maxFieldsSize: 1024 * 1024,
        allowEmptyFiles: true,
        minFileSize: 0,
      },
})

async function valueOf(ctx: Context, route: AnyRoute, parse: Parser): Promise<unknown> {
  await parse(ctx, async () => {}).catch((cause: unknown) => {
    readToTheEnd(ctx)
    throw refusalOf(cause, route.upload !== undefined)
  })
  const value: unknown = ctx.request.body
  refuseMonsters(value)
  return value
}

/** A file may still be about to be opened in it: then the folder is not empty after all, and is deleted once more. */
const dropFolder = (folder: string): Promise<void> =>
  fs.rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 })

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

/** What to answer when a body could not be read; the cause itself where the client is not to blame. */
export function refusalOf(cause: unknown, isForm: boolean): unknown {
  if (typeof cause !== 'object' || cause === null) return cause
  const status: unknown =
    Reflect.get(cause, 'status') ?? Reflect.get(cause, 'statusCode') ?? Reflect.get(cause, 'httpCode')
  if (status === 413) return tooLarge('request.body_too_large')
  if (cause instanceof SyntaxError || status === 400 || isPackedWrongly(cause))
    return new InvalidInput([issue(isForm ? 'form_invalid' : 'json_invalid')])
  return typeof status === 'number' && status < 500 ? badRequest('request.refused') : cause
}

/** What zlib and Brotli say begins like this. */
const isPackedWrongly = (cause: object) => /^(Z|ERR__ERROR)_/.test(String(Reflect.get(cause, 'code')))

const issue = (type: string, params?: Record<string, number>): FieldIssue => ({
  type,
  loc: ['body'],
  key: `validation.${type}`,
  ...(params && { params }),
})

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
