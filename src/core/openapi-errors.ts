import type { oas31, ZodOpenApiComponentsObject, ZodOpenApiOperationObject } from 'zod-openapi'
import { t } from '../infra/i18n'
import { changes, type AnyRoute } from './route'

const ENVELOPE = '#/components/schemas/Error'

interface Kind {
  name: string
  description: string
  /** Whether a route can answer it. */
  applies(route: AnyRoute): boolean
}

const hasInput = (route: AnyRoute) => Boolean(route.params ?? route.query ?? route.body ?? route.upload)
const isGuarded = (route: AnyRoute) => route.access !== 'public'

/** Every error an endpoint can answer, by HTTP status. */
const KINDS: Record<string, Kind> = {
  '400': { name: 'BadRequest', description: 'Something about the request does not fit', applies: hasInput },
  '401': {
    name: 'Unauthorized',
    description: 'The token is missing, broken, expired or revoked',
    applies: isGuarded,
  },
  '403': {
    name: 'Forbidden',
    description: 'The user may not do this',
    applies: (route) => isGuarded(route) || changes(route),
  },
  '404': {
    name: 'NotFound',
    description: 'There is no such thing',
    applies: (route) => Boolean(route.params ?? route.body),
  },
  '409': { name: 'Conflict', description: 'It clashes with what is there', applies: changes },
  '413': {
    name: 'TooLarge',
    description: 'The body is too large',
    applies: (route) => Boolean(route.body ?? route.upload),
  },
  '422': {
    name: 'InvalidInput',
    description: 'The input breaks the schema; `data.errors` lists where',
    applies: hasInput,
  },
  '429': {
    name: 'TooMany',
    description: 'Too many calls; see `Retry-After`',
    applies: (route) => Boolean(route.rate),
  },
  '503': {
    name: 'Unavailable',
    description: 'The database or Redis is away for the moment',
    applies: () => true,
  },
}

/** References to the shared error answers a route can give; the reasons it declares go along. */
export function errorResponses(route: AnyRoute): ZodOpenApiOperationObject['responses'] {
  const possible = Object.entries(KINDS).filter(([, kind]) => kind.applies(route))
  const keys = [...(route.confirm ? ['confirmation.needed'] : []), ...(route.errors ?? [])]
  const reasons = keys.map((key) => ({ key, msg: t('en-US', key) }))
  return {
    ...Object.fromEntries(
      possible.map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]),
    ),
    ...(reasons.length > 0 && {
      default: {
        description: ['Refused, for one of these reasons:', ...reasons.map(({ msg }) => `- ${msg}`)].join(
          '\n',
        ),
        content: { 'application/json': { schema: { $ref: ENVELOPE } } },
        'x-errors': reasons,
      },
    }),
  }
}

/** The envelope of errors and the answers that carry it. */
export function errorComponents(): Pick<ZodOpenApiComponentsObject, 'responses' | 'schemas'> {
  const answers: Record<string, oas31.ResponseObject> = {}
  for (const [status, { name, description }] of Object.entries(KINDS)) {
    const schema = { $ref: status === '422' ? '#/components/schemas/InputError' : ENVELOPE }
    answers[name] = {
      description,
      ...(status === '429' && { headers: retryAfter }),
      content: { 'application/json': { schema } },
    }
  }
  return {
    schemas: { Error: errorSchema({}), InputError: errorSchema(issues) },
    responses: answers,
  }
}

const retryAfter: oas31.HeadersObject = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } },
}

const errorSchema = (data: oas31.SchemaObject): oas31.SchemaObject => ({
  type: 'object',
  required: ['code', 'msg', 'data'],
  properties: {
    code: { type: 'integer', description: 'The HTTP status, or a code of its own' },
    msg: { type: 'string', description: "What to show, in the caller's language" },
    data,
    trace_id: { type: 'string', description: 'Id of the request, also in the logs' },
  },
})

const issue: oas31.SchemaObject = {
  type: 'object',
  required: ['type', 'loc', 'msg', 'input'],
  properties: {
    type: { type: 'string', description: 'Name of the broken rule' },
    loc: {
      type: 'array',
      items: { type: ['string', 'integer'] },
      description: 'Where, from `body`, `query` or `path` down',
    },
    msg: { type: 'string' },
    input: {},
    ctx: { type: 'object' },
  },
}

const issues: oas31.SchemaObject = {
  type: ['object', 'null'],
  description: 'Null in production',
  properties: { errors: { type: 'array', items: issue } },
}
