import { stranger, useApp } from '#testing'
import { bare, module, route, z } from '../../src/core'

const says = (method: 'get' | 'delete', path: string) =>
  route({
    method,
    path,
    title: `${method} ${path}`,
    access: 'public',
    params: z.object({ pk: z.string().optional() }),
    reply: bare(z.object({ route: z.string(), pk: z.string().optional() })),
    handle: (_call, { params }) => ({ route: path, pk: params.pk }),
  })

const paths = [
  '/things',
  '/things/:pk',
  '/things/all',
  '/things/:pk/parts',
  '/deep/things/:pk',
  '/deep/things/all',
]
const routes = [...paths.map((path) => says('get', path)), says('delete', '/things/:pk')]

useApp(module({ name: 'things', version: '1.0.0', routes }))

it.each([
  ['/things', '/things', undefined],
  ['/things/1', '/things/:pk', '1'],
  ['/things/all', '/things/all', undefined],
  ['/things/1/parts', '/things/:pk/parts', '1'],
  ['/deep/things/1', '/deep/things/:pk', '1'],
  ['/deep/things/all', '/deep/things/all', undefined],
])('%s is answered by %s', async (path, expected, pk) => {
  const answer = await stranger().get(path)

  expect(answer.body).toEqual({ route: expected, ...(pk !== undefined && { pk }) })
})

it('a word is a parameter where no route of that method names it', async () => {
  expect((await stranger().delete('/things/all')).body).toEqual({ route: '/things/:pk', pk: 'all' })
})

it('letter case counts', async () => {
  expect((await stranger().get('/THINGS')).status).toBe(404)
  expect((await stranger().get('/deep/things/ALL')).body).toMatchObject({ route: '/deep/things/:pk' })
})
