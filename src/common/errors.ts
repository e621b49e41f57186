/**
 * Errors that services throw and the error middleware answers. Each carries a message key, never words:
 * words live in `locales` and are chosen at the edge, by the caller's language.
 */
export interface AppErrorOptions {
  /** HTTP status of the answer. */
  status: number
  /** `code` of the envelope; equals the status unless the contract says otherwise (40001). */
  code?: number
  params?: Record<string, string | number>
  /** Machine-readable details for the `data` member of the envelope. */
  data?: unknown
  headers?: Record<string, string>
  cause?: unknown
}

export class AppError extends Error {
  readonly status: number
  readonly code: number
  readonly params: Record<string, string | number>
  readonly data: unknown
  readonly headers: Record<string, string>

  constructor(
    readonly key: string,
    options: AppErrorOptions,
  ) {
    super(key, { cause: options.cause })
    this.name = 'AppError'
    this.status = options.status
    this.code = options.code ?? options.status
    this.params = options.params ?? {}
    this.data = options.data ?? null
    this.headers = options.headers ?? {}
  }
}

type Params = Record<string, string | number>

export const badRequest = (key: string, params?: Params) => new AppError(key, { status: 400, params })
export const unauthorized = (key: string, headers?: Record<string, string>) =>
  new AppError(key, { status: 401, headers })
export const forbidden = (key: string, params?: Params) => new AppError(key, { status: 403, params })
export const notFound = (key: string, params?: Params) => new AppError(key, { status: 404, params })
export const conflict = (key: string, params?: Params) => new AppError(key, { status: 409, params })
export const tooLarge = (key: string, params?: Params) => new AppError(key, { status: 413, params })
/** @param retryAfter seconds until the caller may try again */
export const tooMany = (retryAfter: number) =>
  new AppError('request.too_many', { status: 429, headers: { 'Retry-After': String(retryAfter) } })
export const unavailable = (key: string, cause?: unknown) => new AppError(key, { status: 503, cause })

/** The contract's "fail envelope": HTTP 200 with code 400, for a change that touched no row. */
export const nothingChanged = () => new AppError('response.error', { status: 200, code: 400 })

/** One broken rule of an input, in the shape the contract puts under `data.errors`. */
export interface FieldIssue {
  /** Rule name, e.g. `missing`, `string_type`, `int_parsing`, `enum`, `value_error`. */
  type: string
  /** Where: first `body`, `query` or `path`, then the keys down to the field. */
  loc: (string | number)[]
  /** Message key under `validation.` with its parameters; translated at the edge. */
  key: string
  params?: Params
  /** What was sent, shortened; never present for secret fields. */
  input?: unknown
  ctx?: Record<string, unknown>
}

/** Input that breaks the declared schema, or a rule about its fields: every issue, usually with 422. */
export class InvalidInput extends AppError {
  constructor(
    readonly issues: FieldIssue[],
    status = 422,
  ) {
    super('request.invalid', { status })
    this.name = 'InvalidInput'
  }
}

/** A single broken rule found by a service, reported like a schema violation. */
export const invalid = (field: string, key: string, params?: Params) =>
  new InvalidInput([{ type: 'value_error', loc: ['body', field], key, params }])
