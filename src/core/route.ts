import type { z } from 'zod'
import type { AppError } from '../common/errors'
import type { Reply } from '../common/reply'
import type { Access } from '../common/types'
import type { RateRule } from '../security/rate-limit'
import type { Call } from './call'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Schema = z.ZodType | undefined
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined

/** One part of a multipart body, kept in a temporary file until the request ends. */
export interface UploadedFile {
  /** Name as the client sent it: show it, never use it as a path. */
  name: string
  size: number
  path: string
}

export interface Input<P extends Schema, Q extends Schema, B extends Schema> {
  params: Parsed<P>
  query: Parsed<Q>
  body: Parsed<B>
  files: Record<string, UploadedFile[]>
}

export interface UploadRules {
  /** Bytes of one file. */
  max_size: number
  max_files: number
}

/** The declaration of one endpoint. Everything else is derived from it. */
export interface Route<
  P extends Schema = Schema,
  Q extends Schema = Schema,
  B extends Schema = Schema,
  R = unknown,
  T = unknown,
> {
  method: Method
  /** Below the API base, with `:name` for parameters. */
  path: string
  /** Plain English, unique within a module: API document, operation log, tool description. */
  title: string
  /** What the title cannot say; for the API document. */
  description?: string
  /** Who may call: `public`, `signed_in`, `super_user`, or a permission code. No default. */
  access: Access
  params?: P
  query?: Q
  body?: B
  /** What may leave. No default. */
  reply: Reply<R>
  /** false: no transaction although the method changes things; true: one although it is a GET. */
  transaction?: boolean
  /** Calls per client address; the window is named after the route. */
  rate?: Omit<RateRule, 'name'>
  /** `none` leaves the call out of the operation log; `no_input` keeps its arguments out. */
  log?: 'none' | 'no_input'
  /** Accepts multipart files. */
  upload?: UploadRules
  /** Message keys of the errors it can answer, for the API document. */
  errors?: string[]
  /** May be called by users who still have to set up the second factor that a role of theirs requires. */
  before_mfa?: boolean
  /**
   * Refused with 403 `confirmation.needed` unless the user has shown his password or second factor once more, a short
   * while ago. A function says whether that holds in this installation.
   */
  confirm?: true | (() => boolean)
  deprecated?: boolean
  /** Name under which agents know it, where `tool()` made it. */
  tool?: string
  /**
   * What must be done before the transaction is opened because it is slow or must not be repeated with it: hashing,
   * talking to others. What it returns is handed to `handle`, which must not trust that the rows it read still are so.
   */
  prepare?(call: Call, input: Input<P, Q, B>): Promise<T> | T
  handle(call: Call, input: Input<P, Q, B>, prepared: T): Promise<R> | R
  /**
   * Answers instead of the error middleware, outside of any transaction: for calls of browsers on their way through,
   * which must not be left with JSON.
   * @param prepared what `prepare` returned, where the call came that far
   */
  refused?(call: Call, error: AppError, prepared: T | undefined): Promise<R> | R
}

/** A route of any shape, as the core keeps it. */
export type AnyRoute = Omit<Route, 'handle' | 'prepare' | 'refused'> & {
  prepare?(call: Call, input: Input<Schema, Schema, Schema>): unknown
  handle(call: Call, input: Input<Schema, Schema, Schema>, prepared: unknown): unknown
  refused?(call: Call, error: AppError, prepared: unknown): unknown
}

/** Declares an endpoint. Input types are inferred from the schemas; the handler must return what `reply` declares. */
export function route<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  R = unknown,
  T = undefined,
>(declaration: Route<P, Q, B, R, T>): AnyRoute {
  return declaration
}

/** Whether the call may change something, and so runs in a transaction and is refused in demo mode. */
export const changes = (one: Pick<AnyRoute, 'method'>): boolean => one.method !== 'get'
