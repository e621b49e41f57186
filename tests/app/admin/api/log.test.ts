import { randomUUID } from 'node:crypto'
import { reader } from '#core'
import { loginLogCrud, operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { purgeLoginLog, purgeOperaLog } from '../../../../src/app/admin/service/log-retention'
import { buildDept, signIn, signInAdmin, stranger, unique, useApp } from '#testing'

useApp()

const WHEN = new Date('2026-01-02T03:04:05.678Z')

async function aLogin(values: object = {}) {
  const [username, time] = [unique('user'), { login_time: WHEN, created_time: WHEN }]
  const row = {
    user_uuid: randomUUID(),
    username,
    ip: '8.8.8.8',
    msg: '登录成功',
    status: 1,
    ...time,
    ...values,
  }
  await loginLogCrud.append(reader(), [row])
  return (await loginLogCrud.first(reader(), { username: row.username, ip: row.ip })) ?? fail()
}

async function anOperation(values: object = {}) {
  const row = {
    trace_id: randomUUID().replaceAll('-', ''),
    username: unique('user'),
    method: 'GET',
    title: 'Do a thing',
    path: '/api/v1/things',
    ip: '8.8.8.8',
    msg: 'Success',
    status: 1,
    opera_time: WHEN,
    created_time: WHEN,
    ...values,
  }
  await operaLogCrud.append(reader(), [row])
  return (await operaLogCrud.first(reader(), { trace_id: row.trace_id })) ?? fail()
}

const fail = (): never => {
  throw new Error('the row is not there')
}

/** The row of the call that sent this request id; those of reads and refusals arrive a moment later. */
async function rowOfCall(requestId: string) {
  for (let tries = 0; tries < 200; tries += 1) {
    const row = await operaLogCrud.first(reader(), { trace_id: requestId.replaceAll('-', '') })
    if (row) return row
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`no row for ${requestId}`)
}

const withId = (id: string, more: object = {}) => ({ headers: { 'X-Request-ID': id, ...more } })

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'

describe.each([
  {
    path: '/logs/login',
    build: aLogin,
    stored: (id: string) => loginLogCrud.get(reader(), id),
    kind: 'login',
  },
  {
    path: '/logs/opera',
    build: anOperation,
    stored: (id: string) => operaLogCrud.get(reader(), id),
    kind: 'opera',
  },
])('$path', ({ path, build, stored, kind }) => {
  it('lists newest first and finds by user name, status and address', async () => {
    const username = unique('Mia')
    const later = new Date(WHEN.getTime() + 1000)
    const first = await build({ username, status: 0, ip: '9.1.2.3' })
    const second = await build({ username: `${username}2`, created_time: later })
    const user = await signIn()
    const ids = async (query: string) =>
      (await user.get(`${path}?${query}`)).data.items.map((row: { id: string }) => row.id)

    expect(await ids(`username=${username.toLowerCase()}`)).toEqual([second.id, first.id])
    expect(await ids(`username=${username}&status=0`)).toEqual([first.id])
    expect(await ids(`username=${username}&ip=1.2.3`)).toEqual([first.id])
    expect(await ids(`username=${username}&ip=&status=1`)).toEqual([second.id])
  })

  it('counts all rows that fit, whatever the page', async () => {
    const username = unique('many')
    for (let n = 0; n < 3; n += 1) await build({ username, ip: `10.0.0.${n}` })

    const answer = await (await signIn()).get(`${path}?username=${username}&size=2&page=1`)

    expect(answer.data).toMatchObject({ total: 3, total_pages: 2 })
    expect(answer.data.items).toHaveLength(2)
  })

  it('finds nothing beyond the end and refuses nonsense', async () => {
    const user = await signIn()

    expect((await user.get(`${path}?page=1000000`)).data.items).toEqual([])
    expect((await user.get(`${path}?status=`)).status).toBe(422)
  })

  it('deletes the named rows and only those', async () => {
    const [gone, kept] = [await build(), await build()]
    const user = await signIn({ can: [`log:${kind}:del`] })

    expect(await user.delete(path, { pks: [gone.id] })).toSucceed()

    expect(await stored(gone.id)).toBeNull()
    expect(await stored(kept.id)).not.toBeNull()
  })

  it.each([[[]], [['1']]])('says that nothing was there to delete: %j', async (pks) => {
    const user = await signIn({ can: [`log:${kind}:del`] })

    expect(await user.delete(path, { pks })).toFail(200, 'response.error', {}, 400)
  })

  it('leaves a trace of what was deleted', async () => {
    const [row, request] = [await build(), randomUUID()]
    const user = await signIn({ can: [`log:${kind}:del`] })

    await user.delete(path, { pks: [row.id] }, withId(request))

    expect((await rowOfCall(request)).changes).toMatchObject({
      count: 1,
      rows: [{ id: row.id, action: 'delete', before: { username: row.username } }],
    })
  })

  it('is emptied by whoever may, which is the first thing it then says', async () => {
    // What other tests left is more than one request deletes.
    await (kind === 'login' ? loginLogCrud : operaLogCrud).purge(reader(), {})
    const [row, request] = [await build(), randomUUID()]
    const user = await signIn({ can: [`log:${kind}:clear`] })

    expect(await user.delete(`${path}/all`, undefined, withId(request))).toSucceed()

    expect(await stored(row.id)).toBeNull()
    expect(await rowOfCall(request)).toMatchObject({
      username: user.user.username,
      method: 'DELETE',
      status: 1,
    })
    expect(await user.delete(`${path}/all`)).toSucceed()
  })
})

describe('the shapes', () => {
  it('shows a log-in with times in the zone of the installation', async () => {
    const row = await aLogin({ os: 'Windows 10', country: null })

    const answer = await (await signIn()).get(`/logs/login?username=${row.username}`)

    expect(answer.data.items).toEqual([
      {
        id: row.id,
        user_uuid: row.user_uuid,
        username: row.username,
        status: 1,
        ip: '8.8.8.8',
        country: null,
        region: null,
        city: null,
        user_agent: null,
        os: 'Windows 10',
        browser: null,
        device: null,
        msg: '登录成功',
        login_time: '2026-01-02 11:04:05',
        created_time: '2026-01-02 11:04:05',
      },
    ])
  })

  it('shows an operation without what it changed in the list, and with it alone', async () => {
    const changes = {
      count: 1,
      rows: [{ table: 'sys_dept', id: '1', action: 'update', after: { name: 'x' } }],
    }
    const row = await anOperation({ changes, args: { json: { name: 'x' } }, cost_time: 1.234 })
    const reader = await signIn({ can: ['log:opera:get'] })

    const [listed] = (await reader.get(`/logs/opera?username=${row.username}`)).data.items
    const alone = await reader.get(`/logs/opera/${row.id}`)

    expect(listed).toMatchObject({ id: row.id, args: { json: { name: 'x' } }, cost_time: 1.234, code: '200' })
    expect(listed).not.toHaveProperty('changes')
    expect(alone.data).toEqual({ ...listed, changes })
  })

  it('knows no operation that is not there', async () => {
    const user = await signIn({ can: ['log:opera:get'] })

    expect(await user.get('/logs/opera/1')).toFail(404, 'opera_log.not_found')
  })
})

describe('what is recorded', () => {
  it('keeps a read with who, where from and with what', async () => {
    const [user, request] = [await signIn(), randomUUID()]

    await user.get('/sys/users?username=x&token=abc', withId(request, { 'User-Agent': CHROME }))

    expect(await rowOfCall(request)).toMatchObject({
      trace_id: request.replaceAll('-', ''),
      username: user.user.username,
      method: 'GET',
      title: 'List users',
      path: '/api/v1/sys/users',
      ip: '127.0.0.1',
      country: null,
      city: '内网IP',
      os: 'Windows 10',
      browser: 'Chrome 126.0.0',
      device: 'PC',
      args: { query_params: { username: 'x', token: '[REDACTED]' } },
      status: 1,
      code: '200',
      msg: 'Success',
      changes: null,
    })
  })

  it('keeps where a change came from as well', async () => {
    const [admin, dept, request] = [await signInAdmin(), await buildDept(), randomUUID()]

    await admin.delete(`/sys/depts/${dept.id}`, undefined, withId(request, { 'User-Agent': CHROME }))

    expect(await rowOfCall(request)).toMatchObject({ os: 'Windows 10', city: '内网IP', method: 'DELETE' })
  })

  it('keeps refusals, with their reason', async () => {
    const [user, request] = [await signIn(), randomUUID()]

    await user.delete('/logs/opera/all', undefined, withId(request))

    expect(await rowOfCall(request)).toMatchObject({
      username: user.user.username,
      title: 'Empty the operation log',
      status: 0,
      code: '403',
      msg: 'Permission Denied',
    })
  })

  it('keeps a stranger at a closed door', async () => {
    const request = randomUUID()

    await stranger().get('/sys/users', withId(request))

    expect(await rowOfCall(request)).toMatchObject({ username: null, status: 0, code: '401' })
  })

  it.each([
    ['GET', '/no/such/thing?password=x', '404'],
    ['PATCH', '/sys/users?password=x', '405'],
  ])('keeps a call that no route took: %s %s', async (method, path, code) => {
    const request = randomUUID()

    await stranger().send(method, path, undefined, withId(request))

    expect(await rowOfCall(request)).toMatchObject({
      method,
      title: '',
      path: `/api/v1${path.split('?')[0]}`,
      args: { query_params: { password: '[REDACTED]' } },
      status: 0,
      code,
    })
  })

  it('keeps a hostile user agent and path cut to their columns', async () => {
    const [user, request] = [await signIn(), randomUUID()]

    await user.get(`/sys/${'x'.repeat(3000)}`, withId(request, { 'User-Agent': 'y'.repeat(2000) }))

    const row = await rowOfCall(request)
    expect([row.path.length, row.user_agent?.length]).toEqual([512, 512])
  })

  it('leaves out what asks for permission to ask, and what the settings exclude', async () => {
    const [options, excluded, kept] = [randomUUID(), randomUUID(), randomUUID()]

    await stranger().send('OPTIONS', '/sys/users', undefined, withId(options))
    await stranger().post('/auth/login/swagger?username=a&password=b', undefined, withId(excluded))
    await stranger().get('/sys/users', withId(kept))

    await rowOfCall(kept)
    for (const id of [options, excluded])
      expect(await operaLogCrud.first(reader(), { trace_id: id.replaceAll('-', '') })).toBeNull()
  })
})

describe('keeping logs', () => {
  const days = (count: number) => new Date(Date.now() - count * 86_400_000)

  it('deletes what is older than the settings say, in batches', async () => {
    const [old, young] = [
      await anOperation({ created_time: days(181) }),
      await anOperation({ created_time: days(179) }),
    ]
    const [oldLogin, youngLogin] = [
      await aLogin({ created_time: days(181) }),
      await aLogin({ created_time: days(1) }),
    ]

    await purgeOperaLog()
    await purgeLoginLog()

    expect(await operaLogCrud.get(reader(), old.id)).toBeNull()
    expect(await operaLogCrud.get(reader(), young.id)).not.toBeNull()
    expect(await loginLogCrud.get(reader(), oldLogin.id)).toBeNull()
    expect(await loginLogCrud.get(reader(), youngLogin.id)).not.toBeNull()
  })
})
