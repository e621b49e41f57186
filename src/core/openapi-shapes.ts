import { z } from 'zod'
import type { oas31, ZodOpenApiOperationObject, ZodOpenApiResponseObject } from 'zod-openapi'
import { pageDocument, type Reply } from '../common/reply'
import type { AnyRoute } from './route'

type RequestParts = Pick<ZodOpenApiOperationObject, 'parameters' | 'requestBody'>

/** Path and query parameters and the body of a route. */
export function requestOf(route: AnyRoute): RequestParts {
  const parameters = [...parametersOf('path', route.params), ...parametersOf('query', route.query)]
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(route.upload ? { requestBody: uploadOf(route) } : route.body && { requestBody: bodyOf(route.body) }),
  }
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined) {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries<z.ZodType>(schema.shape).map(([name, one]) => {
    const standard = one.safeParse(undefined)
    // Lenient atoms hide from JSON Schema whether they can be left out, and what then holds: ask them.
    const isRequired = place === 'path' || !standard.success
    const value: unknown = standard.success ? standard.data : undefined
    return one.meta({
      ...one.meta(),
      ...(isPlain(value) && { override: withDefault(one, value) }),
      param: { in: place, name, required: isRequired },
    })
  })
}

/** Where input is transformed, zod leaves the default out; it is put back. */
const withDefault =
  (schema: z.ZodType, value: unknown) =>
  ({ jsonSchema }: { jsonSchema: object }): void => {
    const own = schema.meta()?.override
    if (typeof own === 'object') Object.assign(jsonSchema, own)
    Object.assign(jsonSchema, { default: value })
  }

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

const bodyOf = (schema: z.ZodType) => ({
  required: !schema.safeParse(undefined).success,
  content: { 'application/json': { schema } },
})

/** Files come as parts named `file`, beside the fields of the body. */
function uploadOf({ body, upload }: AnyRoute) {
  const file: oas31.SchemaObject = {
    type: 'string',
    contentMediaType: 'application/octet-stream',
    format: 'binary',
  }
  const many = upload !== undefined && upload.max_files > 1
  const part = z
    .unknown()
    .meta({ override: many ? { type: 'array', items: file, maxItems: upload.max_files } : { ...file } })
  const fields = body instanceof z.ZodObject ? body.shape : {}
  return {
    required: true,
    content: { 'multipart/form-data': { schema: z.object({ ...fields, file: part }) } },
  }
}

/** The answer when all went well: in the envelope, unless the route says otherwise. */
export function successOf(reply: Reply): ZodOpenApiResponseObject {
  if (reply.kind === 'file') {
    const schema: oas31.SchemaObject = { type: 'string', format: 'binary' }
    return { description: 'The file', headers: requestIdHeader, content: { [reply.contentType]: { schema } } }
  }
  if (reply.kind === 'redirect') return { description: 'Goes on elsewhere', headers: redirectHeaders }
  const schema = reply.kind === 'bare' ? reply.schema : envelopeOf(reply)
  return { description: 'Done', headers: requestIdHeader, content: { [reply.contentType]: { schema } } }
}

const envelopeOf = (reply: Reply) =>
  z.object({
    code: z.int().meta({ description: '200; 400 where nothing was changed', examples: [200] }),
    msg: z.string(),
    data: dataOf(reply),
  })

function dataOf({ kind, schema }: Reply): z.ZodType {
  return kind === 'page' && schema instanceof z.ZodObject ? pageDocument(schema) : schema
}

const requestIdHeader = {
  'X-Request-ID': { description: 'Id of the request, also in the logs', schema: { type: 'string' } },
} satisfies oas31.HeadersObject

const redirectHeaders = {
  ...requestIdHeader,
  Location: { description: 'Where the browser goes on', schema: { type: 'string', format: 'uri' } },
} satisfies oas31.HeadersObject
