import { z } from 'zod'

/** How an answer leaves: in the envelope, as a page in the envelope, bare, as a stream, as nothing, or elsewhere. */
export type ReplyKind = 'data' | 'page' | 'nothing' | 'bare' | 'file' | 'redirect'

export interface Reply<T = unknown> {
  kind: ReplyKind
  /** Strips what is not declared; for `file` it only documents. */
  schema: z.ZodType
  contentType: string
  /** Never set; carries the type of what the handler must return. */
  readonly returns?: T
}

/** What a handler returns for a `file` reply. */
export interface FileReply {
  body: NodeJS.ReadableStream | Buffer | string
  /** Suggested name for saving; sent as an attachment when given. */
  filename?: string
  /** Overrides the declared content type. */
  content_type?: string
}

const json = 'application/json'

/** `data` of the envelope is the value, reduced to the schema. */
export const data = <S extends z.ZodType>(schema: S): Reply<z.input<S>> => ({
  kind: 'data',
  schema,
  contentType: json,
})

/** `data` is null: the call did what it says. */
export const nothing = (): Reply<void> => ({ kind: 'nothing', schema: z.null(), contentType: json })

/** `data` is one page: `items`, `total`, `page`, `size`, `total_pages`, `links`. */
export const page = <S extends z.ZodType>(row: S): Reply<{ items: z.input<S>[]; total: number }> => ({
  kind: 'page',
  schema: z.object({ items: z.array(row), total: z.int() }),
  contentType: json,
})

const longPageParts = {
  /** Where it is false, there are at least `total`. */
  total_is_exact: z.boolean(),
  /** Goes on behind this page, at any depth; null at the end. */
  next_cursor: z.string().nullable(),
}

/** A page of a table that may be too long to be counted: beside its number it can be reached by a cursor. */
export const longPage = <S extends z.ZodType>(
  row: S,
): Reply<{ items: z.input<S>[]; total: number; total_is_exact: boolean; next_cursor: string | null }> => ({
  kind: 'page',
  schema: z.object({ items: z.array(row), total: z.int(), ...longPageParts }),
  contentType: json,
})

/** The value without the envelope, where the contract wants it so. */
export const bare = <S extends z.ZodType>(schema: S): Reply<z.input<S>> => ({
  kind: 'bare',
  schema,
  contentType: json,
})

/** A download. */
export const file = (contentType: string): Reply<FileReply> => ({
  kind: 'file',
  schema: z.string(),
  contentType,
})

/** Sends a browser on to the address the handler returns, with 307; nothing on the way keeps the answer. */
export const redirect = (): Reply<string> => ({
  kind: 'redirect',
  schema: z.url(),
  contentType: 'text/plain',
})

/** The full shape of a page, for the API document. */
export const pageDocument = (page: z.ZodObject) =>
  z.object({
    ...page.shape,
    page: z.int(),
    size: z.int(),
    total_pages: z.int(),
    links: z.object({
      first: z.string(),
      last: z.string(),
      self: z.string(),
      next: z.string().nullable(),
      prev: z.string().nullable(),
    }),
  })
