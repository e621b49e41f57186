import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One field of a path, query or body as the contract writes it. */
export interface Field {
  type: 'string' | 'integer' | 'boolean' | 'array' | 'file' | 'any'
  required?: boolean
  nullable?: boolean
  default?: unknown
  items?: { type: string }
  enum?: unknown[]
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  pattern?: string
  format?: 'email' | 'url' | 'datetime'
  /** Length of the column behind it. */
  dbMaxLength?: number
}

export type Fields = Record<string, Field>

/** The shape of an answer, or of a part of one. */
export interface Shape {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'id' | 'null' | 'any'
  /** Name of an object's shape; `$recursive` refers to the nearest one with that name. */
  shape?: string
  $recursive?: string
  properties?: Record<string, Shape>
  items?: Shape
  nullable?: boolean
  /** The key may be absent. */
  optional?: boolean
  enum?: unknown[]
  format?: string
}

export interface ListedError {
  id: string
  httpStatus: number
  code: number
  message: string
}

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  group: string
  auth: 'public' | 'jwt' | 'superuser' | 'rbac'
  permission: string | null
  request: { contentType: string | null; path: Fields; query: Fields; body: Fields | null }
  envelope: boolean
  responseData: Shape
  errors: ListedError[]
}

const BASE = '/api/v1'

const listed = (file: string) => JSON.parse(readFileSync(join(__dirname, file), 'utf8')) as Endpoint[]

/** The contract's lists, without the administration of plugins. */
export const endpoints: Endpoint[] = [
  ...listed('admin-endpoints.json').filter((one) => !one.path.startsWith(`${BASE}/sys/plugins`)),
  ...listed('task-endpoints.json'),
]

/** How tests call an endpoint: `PUT /sys/roles/{pk}`. */
export const nameOf = (one: Endpoint): string => `${one.method} ${one.path.slice(BASE.length)}`

/** The path as the router writes it: `/api/v1/sys/roles/:pk`. */
export const patternOf = (one: Endpoint): string => one.path.replace(/\{(\w+)\}/g, ':$1')

const REFERENCES = new Set(['pk', 'dept', 'dept_id', 'parent_id', 'menus', 'scopes', 'rules', 'roles', 'pks'])

/** Whether a field names rows by their ids. */
export const isReference = (name: string): boolean => REFERENCES.has(name)
