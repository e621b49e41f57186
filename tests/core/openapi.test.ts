import { z } from 'zod'
import { modules } from '../../src/app/modules'
import { bare, data, file, id, int, module, nothing, page, route, type AnyRoute } from '../../src/core'
import { openapiDocument } from '../../src/core/openapi'

const rest = { handle: () => null as never }

/** The documented operation of one route. */
async function operationOf(one: AnyRoute) {
  const document = await openapiDocument([module({ name: 'sample', version: '1.0.0', routes: [one] })])
  const [pattern = '', operations = {}] = Object.entries(document.paths ?? {})[0] ?? []
  return { document, pattern, operation: JSON.parse(JSON.stringify(operations))[one.method] }
}

const schemaOf = (operation: {
  responses: Record<string, { content: Record<string, { schema: unknown }> }>
}) => Object.values(operation.responses['200']?.content ?? {})[0]?.schema

it('every endpoint is in the document, under an operation id of its own', async () => {
  const document = await openapiDocument(modules)
  const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item))
  const ids = operations.map((operation: { operationId?: string }) => operation.operationId)

  expect(ids).toHaveLength(modules.flatMap((m) => m.routes ?? []).length)
  expect(new Set(ids).size).toBe(ids.length)
})

describe('the document of an endpoint', () => {
  it('names parameters, whether they may be left out, and what then holds', async () => {
    const { pattern, operation } = await operationOf(
      route({
        method: 'get',
        path: '/things/:pk',
        title: 'Read a thing',
        access: 'signed_in',
        params: z.object({ pk: id() }),
        query: z.object({ page: int({ min: 1 }).default(1), kind: int() }),
        reply: data(z.object({ id: id() })),
        ...rest,
      }),
    )

    expect(pattern).toBe('/api/v1/things/{pk}')
    expect(operation).toMatchObject({
      operationId: 'sampleReadAThing',
      summary: 'Read a thing',
      tags: ['things'],
    })
    expect(operation.parameters).toMatchObject([
      { in: 'path', name: 'pk', required: true, schema: { type: 'string' } },
      { in: 'query', name: 'page', required: false, schema: { type: 'integer', default: 1 } },
      { in: 'query', name: 'kind', required: true },
    ])
  })

  it('says who may call it', async () => {
    const common = { method: 'post' as const, path: '/things', reply: nothing(), ...rest }
    const { operation: open } = await operationOf(route({ ...common, title: 'Knock', access: 'public' }))
    const { operation: closed } = await operationOf(route({ ...common, title: 'Enter', access: 'thing:add' }))

    expect(open).toMatchObject({ security: [], 'x-access': 'public' })
    expect(open.responses).not.toHaveProperty('401')
    expect(closed).toMatchObject({
      security: [{ bearer: [] }],
      'x-access': 'permission',
      'x-permission': 'thing:add',
    })
    expect(closed.responses).toMatchObject({ '401': { $ref: '#/components/responses/Unauthorized' } })
  })

  it.each([
    [
      'a value in the envelope',
      data(z.object({ id: id() })),
      { properties: { code: {}, data: { type: 'object' } } },
    ],
    [
      'a page',
      page(z.object({ id: id() })),
      { properties: { data: { properties: { items: {}, total: {}, links: {} } } } },
    ],
    ['nothing', nothing(), { properties: { data: { type: 'null' } } }],
    ['a bare value', bare(z.object({ token: z.string() })), { properties: { token: {} } }],
    ['a file', file('text/csv'), { format: 'binary' }],
  ])('shows what leaves: %s', async (_name, reply, shape) => {
    const { operation } = await operationOf(
      route({
        method: 'get',
        path: '/things',
        title: 'Get',
        access: 'public',
        reply: reply as ReturnType<typeof nothing>,
        ...rest,
      }),
    )

    expect(schemaOf(operation)).toMatchObject(shape)
  })

  it('lists the reasons it declares for refusing', async () => {
    const { operation } = await operationOf(
      route({
        method: 'put',
        path: '/t',
        title: 'Put',
        access: 'public',
        errors: ['dept.not_found'],
        reply: nothing(),
        ...rest,
      }),
    )

    expect(operation.responses.default['x-errors']).toEqual([
      { key: 'dept.not_found', msg: 'Department not found' },
    ])
  })

  it('takes files as multipart', async () => {
    const { operation } = await operationOf(
      route({
        method: 'post',
        path: '/t',
        title: 'Upload',
        access: 'public',
        upload: { max_files: 1, max_size: 10 },
        reply: nothing(),
        ...rest,
      }),
    )

    expect(operation.requestBody.content['multipart/form-data'].schema.properties.file).toMatchObject({
      format: 'binary',
    })
  })
})
