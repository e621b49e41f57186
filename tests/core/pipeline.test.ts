import { randomUUID } from 'node:crypto'
import {
  bool,
  conflict,
  data,
  id,
  int,
  module,
  nothing,
  nothingChanged,
  page,
  pageQuery,
  route,
  text,
  z,
} from '#core'
import { reader } from '../../src/infra/database'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { signIn, signInAdmin, stranger, unique, useApp } from '#testing'

const happened: string[] = []

const Thing = z.object({ name: text(10), count: int({ min: 1, max: 5 }), is_open: bool().optional() })

const routes = [
  route({
    method: 'post',
    path: '/probe/things',
    title: 'Make a thing',
    access: 'probe:thing:add',
    body: Thing,
    reply: data(Thing),
    handle: (_call, { body }) => ({ ...body, secret: 'not declared' }),
  }),
  route({
    method: 'get',
    path: '/probe/things',
    title: 'List things',
    access: 'signed_in',
    query: z.object(pageQuery),
    reply: page(z.object({ n: z.int() })),
    handle: (_call, { query }) => ({ items: [{ n: query.page, hidden: 1 }], total: 41 }),
  }),
  route({
    method: 'put',
    path: '/probe/depts/:pk',
    title: 'Rename a department and then fail in a chosen way',
    access: 'super_user',
    params: z.object({ pk: id() }),
    body: z.object({ name: text(64), then: z.string() }),
    reply: data(z.object({ ok: z.boolean() })),
    handle: async (call, { params, body }) => {
      call.afterCommit(() => void happened.push(body.name))
      await deptCrud.update(call.db, params.pk, { name: body.name })
      if (body.then === 'refuse') throw conflict('dept.name_taken')
      if (body.then === 'crash') throw new TypeError('secret internals')
      if (body.then === 'wrong answer') return { ok: 'yes' } as unknown as { ok: boolean }
      return { ok: true }
    },
  }),
  route({
    method: 'delete',
    path: '/probe/things',
    title: 'Delete nothing',
    access: 'signed_in',
    body: z.object({ pks: z.array(id()) }),
    reply: nothing(),
    handle: () => {
      throw nothingChanged()
    },
  }),
]

useApp(module({ name: 'probe', version: '1.0.0', routes }))

const aDept = () => deptCrud.create(reader(), { name: unique('dept') })
const nameOf = async (dept: string) => (await deptCrud.get(reader(), dept))?.name

/** The log row of the request that carried this id; reads and failures arrive a moment later. */
async function logRow(requestId: string) {
  const trace = requestId.replaceAll('-', '')
  for (let tries = 0; tries < 100; tries += 1) {
    const row = await operaLogCrud.first(reader(), { trace_id: trace })
    if (row) return row
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no row for ${trace} in the operation log`)
}

describe('who may call', () => {
  it('asks a stranger for a token before it looks at the input', async () => {
    const answer = await stranger().post('/probe/things', { nonsense: true })

    expect(answer).toFail(401, 'auth.not_authenticated')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('refuses somebody without the code before it looks at the input', async () => {
    const other = await signIn({ can: ['probe:other:add'] })

    expect(await other.post('/probe/things', { nonsense: true })).toFail(403, 'auth.permission_denied')
  })

  it('lets the holder of the code in', async () => {
    const holder = await signIn({ can: ['probe:thing:add'] })

    expect(await holder.post('/probe/things', { name: 'a', count: 1 })).toSucceed()
  })
})

describe('input', () => {
  it('reports every broken rule with its place', async () => {
    const admin = await signInAdmin()

    const answer = await admin.post('/probe/things', { name: 'much too long a name', count: 'many' })

    expect(answer.status).toBe(422)
    expect(answer.data.errors.map((e: { type: string; loc: string[] }) => [e.type, e.loc])).toEqual([
      ['string_too_long', ['body', 'name']],
      ['int_parsing', ['body', 'count']],
    ])
  })

  it('accepts digits in text for numbers and words for booleans', async () => {
    const admin = await signInAdmin()

    const answer = await admin.post('/probe/things', {
      name: 'a',
      count: '3',
      is_open: 'Yes',
      more: 'ignored',
    })

    expect(answer.data).toEqual({ name: 'a', count: 3, is_open: true })
  })

  it('calls broken JSON by its name', async () => {
    const admin = await signInAdmin()

    const answer = await admin.post('/probe/things', '{"name": ', {
      headers: { 'Content-Type': 'application/json' },
    })

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].type).toBe('json_invalid')
  })

  it('takes a missing body for a missing field, not for broken JSON', async () => {
    const admin = await signInAdmin()

    const answer = await admin.send('POST', '/probe/things')

    expect(answer.data.errors).toMatchObject([{ type: 'missing', loc: ['body'] }])
  })

  it('refuses a structure that is nested too deeply', async () => {
    const admin = await signInAdmin()

    const answer = await admin.post('/probe/things', '['.repeat(5000) + ']'.repeat(5000), {
      headers: { 'Content-Type': 'application/json' },
    })

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].type).toBe('too_deep')
  })

  it('refuses a body that is too large', async () => {
    const admin = await signInAdmin()

    expect(await admin.post('/probe/things', { name: 'x'.repeat(2_000_000) })).toFail(
      413,
      'request.body_too_large',
    )
  })

  it('reads the body of a DELETE', async () => {
    const user = await signIn()

    expect(await user.delete('/probe/things', { pks: ['1', 2] })).toFail(200, 'response.error', {}, 400)
  })
})

describe('the answer', () => {
  it('carries only what the reply declares', async () => {
    const admin = await signInAdmin()

    const answer = await admin.post('/probe/things', { name: 'a', count: 1 })

    expect(answer.data).toEqual({ name: 'a', count: 1 })
  })

  it('describes a page with its links', async () => {
    const user = await signIn()

    const { data: list } = await user.get('/probe/things?page=2&size=20&word=x')

    expect(list).toMatchObject({ items: [{ n: 2 }], total: 41, page: 2, size: 20, total_pages: 3 })
    expect(list.links).toEqual({
      first: '/api/v1/probe/things?word=x&page=1&size=20',
      last: '/api/v1/probe/things?word=x&page=3&size=20',
      self: '/api/v1/probe/things?page=2&size=20&word=x',
      next: '/api/v1/probe/things?word=x&page=3&size=20',
      prev: '/api/v1/probe/things?word=x&page=1&size=20',
    })
  })

  it.each(['page=0', 'page=-1', 'size=0', 'size=201', 'size=100000', 'page=x'])(
    'refuses %s',
    async (query) => {
      const user = await signIn()

      expect((await user.get(`/probe/things?${query}`)).status).toBe(422)
    },
  )
})

describe('the transaction', () => {
  it('commits the change, its log row and only then runs what waited for it', async () => {
    const [admin, dept, name, request] = [await signInAdmin(), await aDept(), unique('new'), randomUUID()]

    const answer = await admin.put(
      `/probe/depts/${dept.id}`,
      { name, then: 'go on' },
      { headers: { 'X-Request-ID': request } },
    )

    expect(answer).toSucceed()
    expect(await nameOf(dept.id)).toBe(name)
    expect(happened).toContain(name)
    const row = await operaLogCrud.first(reader(), { trace_id: request.replaceAll('-', '') })
    expect(row).toMatchObject({
      username: admin.user.username,
      method: 'PUT',
      status: 1,
      code: '200',
      msg: 'Success',
    })
    expect(row?.changes).toMatchObject({
      count: 1,
      rows: [
        { table: 'sys_dept', id: dept.id, action: 'update', before: { name: dept.name }, after: { name } },
      ],
    })
  })

  it.each([
    ['refuse', 409, 'dept.name_taken'],
    ['crash', 500, 'server.error'],
    ['wrong answer', 500, 'server.error'],
  ])('keeps nothing when the handler should %s, and says so in the log', async (then, status, key) => {
    const [admin, dept, name, request] = [await signInAdmin(), await aDept(), unique('new'), randomUUID()]

    const answer = await admin.put(
      `/probe/depts/${dept.id}`,
      { name, then },
      { headers: { 'X-Request-ID': request } },
    )

    expect(answer).toFail(status, key)
    expect(answer.body.trace_id).toBe(request.replaceAll('-', ''))
    expect(JSON.stringify(answer.body)).not.toContain('internals')
    expect(await nameOf(dept.id)).toBe(dept.name)
    expect(happened).not.toContain(name)
    expect(await logRow(request)).toMatchObject({ status: 0, code: String(status), changes: null })
  })
})

it('takes text that no database keeps as it is, and logs it', async () => {
  const [admin, dept, request] = [await signInAdmin(), await aDept(), randomUUID()]
  const body = { name: `half ${unique('\ud83d')}`, then: 'go on', 'no\0such\ud800': ['\0', '\udfff'] }

  const answer = await admin.put(`/probe/depts/${dept.id}`, body, { headers: { 'X-Request-ID': request } })

  expect(answer).toSucceed()
  const name = body.name.replace('\ud83d', '\ufffd')
  expect(await nameOf(dept.id)).toBe(name)
  const row = await logRow(request)
  expect(row.changes).toMatchObject({ rows: [{ after: { name } }] })
  expect(row.args).toMatchObject({ json: { name, 'no\0such\ufffd': ['\0', '\ufffd'] } })
})

describe('addresses', () => {
  it('answers an unknown one with the envelope', async () => {
    expect(await stranger().get('/no/such/thing')).toFail(404, 'request.not_found')
  })

  it('names the methods that would do', async () => {
    const answer = await stranger().send('PATCH', '/probe/things')

    expect(answer).toFail(405, 'request.method_not_allowed')
    expect(answer.headers.get('allow')).toBe('DELETE, GET, POST')
  })

  it('refuses HEAD where only GET is declared', async () => {
    expect((await stranger().send('HEAD', '/probe/things')).status).toBe(405)
  })

  it('sends a trailing slash away without touching the query', async () => {
    const answer = await stranger().get('/probe/things/?page=2')

    expect(answer.status).toBe(307)
    expect(answer.headers.get('location')).toBe('/api/v1/probe/things?page=2')
  })
})
