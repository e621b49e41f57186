import {
  Client,
  baseUrl,
  buildDept,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  unique,
} from '#testing'
import { PASSWORD, stranger, useApp } from '#testing'
import { modules } from '../../src/app/modules'
import { head, sendRaw } from '../support/raw-http'
import { login } from './scenario/auth'
import { dept, menu, role } from './scenario/people'
import { buildScope } from './scenario/rules'
import { changedUser, fullUser, newUser } from './scenario/user'

useApp()

const ORIGIN = 'http://localhost:5173'
const fromThePage = { headers: { Origin: ORIGIN } }

/** What the pages send where there is no body: a length of 0 and no content type. */
const empty = (line: string, client: Client) =>
  sendRaw(head(line, `Authorization: ${client.headers['Authorization']}`, 'Content-Length: 0'))

describe('text filters that were cleared', () => {
  it.each([
    '/sys/users?username=&phone=',
    '/sys/depts?name=&leader=&phone=',
    '/sys/menus?title=',
    '/sys/roles?name=',
    '/sys/data-scopes?name=',
    '/sys/data-rules?name=',
    '/logs/login?username=&ip=',
    '/logs/opera?username=&ip=',
    '/monitors/sessions?username=',
  ])('mean no filter: %s', async (path) => {
    const admin = await signInAdmin()
    const [cleared, untouched] = [await admin.get(path), await admin.get(path.split('?')[0] ?? '')]

    expect(cleared).toSucceed()
    const rows = (data: { items?: unknown[] } | unknown[]) =>
      Array.isArray(data) ? data : (data.items ?? [])
    expect(rows(cleared.data).length).toBeGreaterThanOrEqual(Math.min(rows(untouched.data).length, 1))
  })
})

describe('a call without body and content type', () => {
  it('toggles a flag', async () => {
    const admin = await signInAdmin()
    const user = await buildUser({ is_multi_login: false })

    const answer = await empty(`PUT /api/v1/sys/users/${user.id}/permissions?type=multi_login`, admin)

    expect(answer.json).toMatchObject({ code: 200, data: null })
    expect((await admin.get(`/sys/users/${user.id}`)).data.is_multi_login).toBe(true)
  })

  it('logs out', async () => {
    const user = await signIn()

    expect((await empty('POST /api/v1/auth/logout', user)).json).toMatchObject({ code: 200 })
    expect(await user.get('/auth/codes')).toFail(401, 'auth.token_expired')
  })

  it('refreshes, and says 400 without a cookie', async () => {
    const { headers } = await login()
    const renew = (...more: string[]) =>
      sendRaw(head('POST /api/v1/auth/refresh', 'Content-Length: 0', ...more))

    expect((await renew(`Cookie: ${headers['Cookie']}`)).json).toMatchObject({ code: 200 })
    expect(await renew()).toMatchObject({ status: 400 })
  })
})

describe('a DELETE', () => {
  it.each(['application/json;charset=UTF-8', 'application/json;charset=utf-8', 'application/json'])(
    'carries its ids in a body of type %s',
    async (type) => {
      const admin = await signInAdmin()
      const { id } = await buildRole()

      const answer = await admin.send('DELETE', '/sys/roles', JSON.stringify({ pks: [id] }), {
        headers: { 'Content-Type': type },
      })

      expect(answer).toSucceed()
      expect(await admin.get(`/sys/roles/${id}`)).toFail(404, 'role.not_found')
    },
  )
})

describe('a page of another origin', () => {
  it('may read every kind of refusal', async () => {
    const [admin, plain, role] = [await signInAdmin(), await signIn(), await buildRole()]
    const answers = {
      401: await stranger().get('/sys/users', fromThePage),
      403: await plain.post('/sys/roles', {}, fromThePage),
      404: await admin.get('/sys/roles/1', fromThePage),
      405: await admin.send('PATCH', '/sys/roles', undefined, fromThePage),
      409: await admin.post('/sys/roles', { name: role.name, status: 1 }, fromThePage),
      422: await admin.get('/sys/roles/x', fromThePage),
    }

    for (const [status, answer] of Object.entries(answers)) {
      expect(answer.status).toBe(Number(status))
      expect(answer.msg).not.toBe('')
      expectReadable(answer)
    }
  })

  it('may read a failure of the server', async () => {
    const admin = await signInAdmin()
    const route = modules.flatMap((one) => one.routes ?? []).find(({ path }) => path === '/sys/roles/all')
    if (!route) throw new Error('the route is gone')
    jest.spyOn(route, 'handle').mockImplementation(() => {
      throw new Error('broken on purpose')
    })

    const answer = await admin.get('/sys/roles/all', fromThePage)
    jest.restoreAllMocks()

    expect(answer).toFail(500, 'server.error')
    expect(JSON.stringify(answer.body)).not.toContain('on purpose')
    expectReadable(answer)
  })

  it.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'may send %s with its headers and with cookies',
    async (method) => {
      const answer = await sendRaw(
        head(
          'OPTIONS /api/v1/auth/refresh',
          `Origin: ${ORIGIN}`,
          `Access-Control-Request-Method: ${method}`,
          'Access-Control-Request-Headers: accept-language,authorization,content-type',
        ),
      )

      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'accept-language,authorization,content-type',
      })
      expect(answer.headers['access-control-allow-methods']).toContain(method)
    },
  )
})

function expectReadable({ headers }: { headers: Headers }) {
  expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
  expect(headers.get('access-control-allow-credentials')).toBe('true')
}

describe('401 is for tokens only', () => {
  it('and never the answer to a log-in', async () => {
    const user = await buildUser()
    const disabled = await buildUser({ status: 0 })
    const attempts = [
      { username: user.username, password: 'wrong-1' },
      { username: unique('nobody'), password: PASSWORD },
      { username: disabled.username, password: PASSWORD },
      { username: user.username },
      {},
    ]

    for (const attempt of attempts) {
      const answer = await stranger().post('/auth/login', attempt)
      expect([400, 403, 404, 422]).toContain(answer.status)
    }
  })

  it('and never the answer to a log-out: without token, with a false one, with a used one', async () => {
    const user = await signIn()

    expect(await stranger().post('/auth/logout')).toSucceed()
    expect(await new Client(baseUrl(), 'no.such.token').post('/auth/logout')).toSucceed()
    expect(await user.post('/auth/logout')).toSucceed()
    expect(await user.post('/auth/logout')).toSucceed()
  })
})

describe('what was written', () => {
  it('is in the list that is asked for right afterwards, however many do so at once', async () => {
    const admin = await signInAdmin()

    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const name = unique('role').slice(0, 32)
        expect(await admin.post('/sys/roles', role({ name }))).toSucceed()
        expect((await admin.get(`/sys/roles?name=${name}`)).data.total).toBe(1)
      }),
    )
  })

  it('is gone from it right after it was deleted', async () => {
    const admin = await signInAdmin()

    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { id, name } = await buildRole()
        expect(await admin.delete('/sys/roles', { pks: [id] })).toSucceed()
        expect((await admin.get(`/sys/roles?name=${name}`)).data.total).toBe(0)
      }),
    )
  })
})

describe('ids', () => {
  it('come as text and are taken back as they came, in bodies, paths and queries', async () => {
    const admin = await signInAdmin()
    const made = (await admin.post('/sys/users', await newUser())).data
    const [givenRole] = made.roles

    expect(typeof made.id).toBe('string')
    expect(BigInt(made.id)).toBeGreaterThan(2n ** 53n)
    const body = { ...(await changedUser()), dept_id: made.dept_id, roles: [givenRole.id] }
    expect(await admin.put(`/sys/users/${made.id}`, body)).toSucceed()
    const read = (await admin.get(`/sys/users/${made.id}`)).data
    expect(read).toMatchObject({ id: made.id, dept_id: made.dept_id, dept: { id: made.dept_id } })
    expect(read.roles.map((one: { id: string }) => one.id)).toEqual([givenRole.id])
    const inDept = (await admin.get(`/sys/users?dept=${made.dept_id}`)).data.items
    expect(inDept.map((one: { id: string }) => one.id)).toEqual([made.id])
  })

  it('of scopes have the same form in the list of all and in the list of a role', async () => {
    const admin = await signInAdmin()
    const [{ id }, scope] = [await buildRole(), await buildScope()]

    expect(await admin.put(`/sys/roles/${id}/scopes`, { scopes: [scope.id] })).toSucceed()

    const all: { id: string }[] = (await admin.get('/sys/data-scopes/all')).data
    expect((await admin.get(`/sys/roles/${id}/scopes`)).data).toEqual([scope.id])
    expect(all.map((one) => one.id)).toContain(scope.id)
  })
})

const without = (form: object, ...fields: string[]) =>
  Object.fromEntries(Object.entries(form).filter(([name]) => !fields.includes(name)))

describe('a PUT without the fields that were null', () => {
  it('saves a user without avatar, address and number', async () => {
    const admin = await signInAdmin()
    const { username, nickname, roles } = await changedUser()

    const answer = await admin.put(`/sys/users/${(await buildUser()).id}`, { username, nickname, roles })

    expect(answer).toSucceed()
  })

  it('saves a menu at the root and a department without sort', async () => {
    const admin = await signInAdmin()
    const rootMenu = without(menu(), 'parent_id')
    const plainDept = without(dept(), 'parent_id', 'sort')
    const made = await admin.post('/sys/menus', rootMenu)
    const { id } = await buildDept()

    expect(made).toSucceed()
    expect(await admin.put(`/sys/depts/${id}`, plainDept)).toSucceed()
    expect((await admin.get(`/sys/depts/${id}`)).data).toMatchObject({ sort: 0, parent_id: null })
  })

  it('takes cleared text fields as null', async () => {
    const admin = await signInAdmin()
    const { id } = await fullUser()

    const body = { ...(await changedUser()), avatar: '', phone: '', email: '' }
    expect(await admin.put(`/sys/users/${id}`, body)).toSucceed()
    expect((await admin.get(`/sys/users/${id}`)).data).toMatchObject({
      avatar: null,
      phone: null,
      email: null,
    })
  })

  it('ignores what the forms send along', async () => {
    const { user } = await login()
    const form = { username: user.username, password: PASSWORD, captcha: '', uuid: '', selectAccount: 'x' }

    expect(await stranger().post('/auth/login', form)).toSucceed()
  })
})

describe('addresses', () => {
  it('have no slash at the end, and get none', async () => {
    const user = await clientOf(await buildUser())

    expect((await user.get('/sys/depts')).status).toBe(200)
    expect((await user.get('/sys/depts/')).headers.get('location')).toMatch(/\/api\/v1\/sys\/depts$/)
  })
})
