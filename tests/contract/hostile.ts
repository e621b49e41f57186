import fc from '../support/property'
import { z } from 'zod'
import type { AnyRoute } from '../architecture/routes'

/** A call that somebody careless or hostile makes. */
export interface HostileCall {
  what: string
  method: string
  /** Full path with the query. */
  url: string
  /** Sent as it is. */
  body?: string
  headers?: Record<string, string>
  /** Status the answer must have, where the contract leaves no choice. */
  status?: number
}

/** A well-formed call of a route, to be spoiled at one place. */
export interface Base {
  route: AnyRoute
  /** With `:name` for parameters. */
  pattern: string
  path: Record<string, string>
  query: Record<string, string>
  body: Record<string, unknown>
}

const JSON_TYPE = { 'Content-Type': 'application/json;charset=utf-8' }
export const LONG = 'x'.repeat(10_000)
const DEEP = 100

/** Values of no use to anybody, of every type. */
export const VALUES: unknown[] = [
  ...[null, true, 0, -1, 1.5, 99, 2 ** 53, 2 ** 63, 1e300],
  ...[
    '',
    ' ',
    'abc',
    '-1',
    '0',
    '9223372036854775808',
    '18446744073709551616',
    '1e5',
    LONG,
    'a\0b',
    '\ud800',
  ],
  ...[
    "'; DROP TABLE sys_user; --",
    '" OR 1=1 --',
    '%_\\',
    '${user_id}',
    '{{env}}',
    '../../etc/passwd',
    '😀'.repeat(99),
  ],
  ...['https://example.com/\0', 'javascript:alert(1)', '<script>alert(1)</script>'],
  ...[[], [null], ['abc'], [[1]], [-1], ['9223372036854775808'], {}, { $ne: null }, { length: 3 }],
]

/** Texts that are dangerous where somebody trusts them; every field gets each of them. */
const TEXTS = ['a\0b', '\ud800', "'; DROP TABLE sys_user; --", '%_\\', LONG]

/** Identifiers that name no row. */
const IDS = [
  '0',
  '1',
  '-1',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551616',
  '1.5',
  'abc',
]
const ODD_SEGMENTS = ['%00', '%27', '%F0%9F%98%80', '__proto__', 'constructor', '%2e%2e%2f', 'a'.repeat(3000)]

const QUERY_VALUES = [
  '',
  'abc',
  '-1',
  '0',
  '100000',
  '9223372036854775808',
  '%00',
  '%27%20OR%201=1',
  'x'.repeat(5000),
]

/** The fields of a schema and the JSON type each wants; undefined where several are taken. */
export function fieldsOf(schema: z.ZodType | undefined): Map<string, string | undefined> {
  if (!(schema instanceof z.ZodObject)) return new Map()
  const fields = Object.entries(schema.shape)
  return new Map(fields.map(([name, field]) => [name, jsonTypeOf(field)]))
}

function jsonTypeOf(field: z.ZodType): string | undefined {
  const { type } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' })
  return typeof type === 'string' ? type : undefined
}

export function urlOf({ pattern, path, query }: Base, spoil: { path?: string; query?: string } = {}): string {
  const address = pattern.replace(/:(\w+)/g, (_, name: string) => spoil.path ?? path[name] ?? '1')
  const search = spoil.query ?? new URLSearchParams(query).toString()
  return search ? `${address}?${search}` : address
}

/** Bodies that are no JSON, or not the JSON that is wanted. */
function spoiledBodies(base: Base): HostileCall[] {
  const { route } = base
  if (route.method === 'get') return []
  const method = route.method.toUpperCase()
  const call = (what: string, body: string, status?: number): HostileCall => ({
    what,
    method,
    url: urlOf(base),
    body,
    headers: JSON_TYPE,
    ...(status !== undefined && { status }),
  })
  const broken = ['{', '{"a":', 'nul', '{"a":1}}', '\0', '{"a":"\x01"}', '{a:1}', "{'a':1}"]
  const calls = broken.map((body) => call(`broken JSON ${body}`, body, 422))
  calls.push(call('a deep JSON', '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP), 422))
  calls.push(call('a wide JSON', `[${'1,'.repeat(200_000)}1]`, undefined))
  if (!route.body || route.upload) return calls
  for (const body of ['5', '"x"', 'true', 'null', '[]', '[{}]', ''])
    calls.push(call(`JSON ${body || 'of nothing'}`, body, 422))
  for (const type of [
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'nonsense',
    'application/x-www-form-urlencoded',
  ])
    calls.push({ ...call(`a body of type ${type}`, '<a>1</a>'), headers: { 'Content-Type': type } })
  return calls
}

/** One field at a time with a value of a wrong type. */
function spoiledFields(base: Base): HostileCall[] {
  const { route, body } = base
  if (route.method === 'get' || route.upload) return []
  return [...fieldsOf(route.body)].flatMap(([name, type]) =>
    VALUES.filter((value) => typeof value === 'object' && value !== null && isWrong(type, value)).map(
      (value) => ({
        what: `${name} = ${JSON.stringify(value)}`,
        method: route.method.toUpperCase(),
        url: urlOf(base),
        body: JSON.stringify({ ...body, [name]: value }),
        headers: JSON_TYPE,
        status: 422,
      }),
    ),
  )
}

/** Whether a list or an object stands where the field wants something else for certain. */
const isWrong = (type: string | undefined, value: unknown): boolean =>
  ['string', 'integer', 'number', 'boolean'].includes(type ?? '') ||
  (type === 'array' && !Array.isArray(value))

/** Paths and queries that name nothing or are no names at all. */
function spoiledAddresses(base: Base): HostileCall[] {
  const { route, pattern, body } = base
  const method = route.method.toUpperCase()
  const rest = route.body && !route.upload ? { body: JSON.stringify(body), headers: JSON_TYPE } : {}
  const segments = pattern.includes(':') ? [...IDS, ...ODD_SEGMENTS] : []
  const names = route.method === 'get' || pattern.includes(':') ? [...fieldsOf(route.query).keys()] : []
  return [
    ...segments.map((path) => ({ what: `the id ${path}`, method, url: urlOf(base, { path }), ...rest })),
    ...names.flatMap((name) =>
      QUERY_VALUES.map((value) => ({
        what: `${name}=${value}`,
        method,
        url: urlOf({ ...base, path: {} }, { query: `${name}=${value}` }),
        ...rest,
      })),
    ),
    { what: 'a wrong method', method: 'PATCH', url: urlOf(base), status: 405 },
  ]
}

/** Headers that no browser sends. Only with calls that are refused anyway or change nothing. */
function spoiledHeaders(base: Base): HostileCall[] {
  const { route } = base
  if (route.method !== 'get' && !route.body) return []
  const call = { method: route.method.toUpperCase(), url: urlOf({ ...base, path: {} }) }
  const odd: Record<string, string>[] = [
    { 'Accept-Language': ',;;q=-1,*' },
    { 'Accept-Language': 'x'.repeat(3000) },
    { 'Accept-Language': '__proto__' },
    { 'User-Agent': 'x'.repeat(3000) },
    { 'User-Agent': '\u00ff\u00fe "quotes" <b>' },
    { 'X-Forwarded-For': "1.1.1.1, '; DROP TABLE sys_user; --" },
    { 'X-Real-IP': '::ffff:999.1.1.1' },
    { Cookie: 'fba_refresh_token=%%%;;;=; __proto__=1' },
    { Accept: 'text/nothing' },
    { 'If-None-Match': '*', Range: 'bytes=5-1' },
  ]
  return odd.map((headers) => ({
    what: JSON.stringify(headers).slice(0, 80),
    ...call,
    headers: { ...headers, ...(route.body && JSON_TYPE) },
    ...(route.body && !route.upload && { body: '[]', status: 422 }),
  }))
}

/** Authorization headers that are none. */
export const BROKEN_TOKENS = [
  ...[
    'Bearer',
    'Bearer  ',
    'Bearer a b',
    'Basic YWJjOmRlZg==',
    'bearer null',
    'Bearer \u00e9\u00ff',
    'Token x',
  ],
  `Bearer ${'x'.repeat(8000)}`,
  'Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIiwic2Vzc2lvbl91dWlkIjoiYSIsImV4cCI6OTk5OTk5OTk5OX0.',
]

export const hostileCalls = (base: Base): HostileCall[] => [
  ...spoiledBodies(base),
  ...spoiledFields(base),
  ...spoiledAddresses(base),
  ...spoiledHeaders(base),
]

const anything = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
)

/** Names that mean something to JavaScript. */
const TRAPS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'id',
  'is_superuser',
  'del_flag',
]

/** JSON texts of bodies: the good one with some fields left out, replaced by nonsense, and traps put in. */
export function randomBody({ route, body }: Base): fc.Arbitrary<string> {
  const names = [...new Set([...fieldsOf(route.body).keys(), ...Object.keys(body)])]
  const spoiled = fc.subarray(names, { minLength: 1 })
  const values = fc.array(anything, { minLength: names.length, maxLength: names.length })
  const traps = fc.subarray(TRAPS)
  return fc.tuple(spoiled, values, traps, fc.boolean()).map(([wrong, replaced, extra, isWhole]) => {
    const entries = (isWhole ? names : wrong).map((name): [string, unknown] => [
      name,
      wrong.includes(name) ? replaced[names.indexOf(name)] : body[name],
    ])
    const more = extra.map((name): [string, unknown] => [name, { is_superuser: true, status: 0 }])
    // Written by hand: an object literal would take `__proto__` for itself.
    return `{${[...entries, ...more]
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',')}}`
  })
}

/** The good body with each dangerous text in each field. */
export const dangerousBodies = ({ route, body }: Base): string[] =>
  [...fieldsOf(route.body).keys()].flatMap((name) =>
    TEXTS.map((text) => JSON.stringify({ ...body, [name]: text })),
  )
