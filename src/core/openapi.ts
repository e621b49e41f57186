import type { oas31, ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { env } from '../config/env'
import { version } from '../utils/version'
import type { Module } from './module'
import { errorComponents, errorResponses } from './openapi-errors'
import { requestOf, successOf } from './openapi-shapes'
import { isPermissionCode } from './permissions'
import type { AnyRoute } from './route'
import type { MountedRoute } from './run-route'
import { mountedRoutes } from './router'

/**
 * The OpenAPI 3.1 document of the given modules, derived from their route declarations alone.
 * @throws naming the schema, when one cannot be described (give it `.meta({ override })`)
 */
export async function openapiDocument(modules: Module[]): Promise<oas31.OpenAPIObject> {
  const { createDocument } = await import('zod-openapi')
  const mounted = mountedRoutes(modules, env.FASTAPI_API_V1_PATH)
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: env.FASTAPI_TITLE, version, description: env.FASTAPI_DESCRIPTION },
      servers: [{ url: '/' }],
      tags: [...new Set(mounted.map(({ route }) => tagOf(route.path)))].sort().map((name) => ({ name })),
      paths: pathsOf(mounted),
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: '`access_token` of the log-in.',
          },
        },
        ...errorComponents(),
      },
    },
    { override: ({ jsonSchema }) => tidy(jsonSchema) },
  )
}

/** Members may be added to answers at any time; a document that forbids them would break strict clients. */
function tidy(schema: { additionalProperties?: unknown; minimum?: unknown; maximum?: unknown }): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

function pathsOf(mounted: MountedRoute[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const one of mounted) {
    const path = one.pattern.replace(/:([A-Za-z0-9_]+)/g, '{$1}')
    paths[path] = { ...paths[path], [one.route.method]: operationOf(one) }
  }
  return paths
}

function operationOf(mounted: MountedRoute): ZodOpenApiOperationObject {
  const { route, module } = mounted
  return {
    operationId: operationId(module, route),
    summary: route.title,
    ...(route.description !== undefined && { description: route.description }),
    ...(route.deprecated && { deprecated: true }),
    tags: [tagOf(route.path)],
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    ...requestOf(route),
    responses: {
      [route.reply.kind === 'redirect' ? '307' : '200']: successOf(route.reply),
      ...errorResponses(route),
    },
    'x-access': isPermissionCode(route.access) ? 'permission' : route.access,
    ...(isPermissionCode(route.access) && { 'x-permission': route.access }),
    ...(route.confirm && { 'x-confirm': route.confirm === true ? 'always' : 'depends' }),
  }
}

/** What the call of a route is named in the document. */
export const operationId = (module: string, route: Pick<AnyRoute, 'title'>): string =>
  camelCase(`${module} ${route.title}`)

/** Groups of the contract that stand above their resources. */
const GROUPS = new Set(['sys', 'logs', 'monitors'])

/** `/sys/users/:pk` belongs to `sys/users`, `/auth/login` to `auth`. */
function tagOf(path: string): string {
  const [first = '', second = ''] = path.split('/').filter((part) => part !== '')
  return GROUPS.has(first) && second !== '' ? `${first}/${second}` : first
}

const camelCase = (words: string): string =>
  words
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join('')
