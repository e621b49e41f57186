import './fba-ui-env'
import { redis } from '../../src/infra/redis'
import { Client, PASSWORD, baseUrl, buildUser, stranger, unique, useApp, type Answer } from '#testing'
import { withCookieOf } from './scenario/auth'
import { dept, menu, role } from './scenario/people'
import { rule, scope } from './scenario/rules'

useApp()

interface Row {
  id: string
  children?: Row[] | null
}

/** What the pages get: `data` of a success. */
async function dataOf<T = Row[]>(answer: Promise<Answer>): Promise<T> {
  const got = await answer
  expect(got).toSucceed()
  return got.data as T
}

const rowsOf = async (answer: Promise<Answer>) =>
  (await dataOf<{ items: Row[]; total: number }>(answer)).items

/** The person types what the picture shows; the test reads it where the server keeps it. */
async function logIn(username: string): Promise<{ answer: Answer; client: Client }> {
  const page = stranger()
  const captcha = await dataOf<{ is_enabled: boolean; uuid: string; image: string }>(
    page.get('/auth/captcha'),
  )
  expect(captcha.is_enabled).toBe(true)
  const png = Buffer.from(captcha.image, 'base64')
  expect(png.length).toBeGreaterThan(100)
  const code = await redis().get(`fba:login:captcha:${captcha.uuid}`)
  const answer = await page.post('/auth/login', {
    selectAccount: 'admin',
    username,
    password: PASSWORD,
    captcha: code?.toLowerCase(),
    uuid: captcha.uuid,
  })
  expect(answer).toSucceed()
  return { answer, client: new Client(baseUrl(), answer.data.access_token) }
}

/** The one row of a list whose column holds the text. */
async function only(answer: Promise<Answer>): Promise<Row> {
  const rows = await rowsOf(answer)
  expect(rows).toHaveLength(1)
  return rows[0] as Row
}

const flat = (rows: Row[]): Row[] => rows.flatMap((row) => [row, ...flat(row.children ?? [])])

describe('a day with the web console', () => {
  it('begins with a captcha, ends with a log-out, and every page works in between', async () => {
    const admin = await buildUser({ is_superuser: true })
    const { answer, client: ui } = await logIn(admin.username)

    const [me, codes] = await Promise.all([
      dataOf<{ username: string; roles: string[] }>(ui.get('/sys/users/me')),
      dataOf<string[]>(ui.get('/auth/codes')),
    ])
    expect(me).toMatchObject({ username: admin.username, roles: [] })
    expect(codes).toContain('sys:user:del')
    const sidebar = await dataOf(ui.get('/sys/menus/sidebar'))
    expect(flat(sidebar).length).toBeGreaterThan(5)

    await everyPageLoads(ui)
    const deptId = await departments(ui)
    const menuId = await menus(ui)
    const scopeId = await dataPermission(ui)
    const roleId = await roles(ui, menuId, scopeId)
    await users(ui, deptId, roleId)
    await tidyUp(ui, { deptId, menuId, scopeId, roleId })
    await refreshAndLeave(answer)
  }, 60_000)
})

/** The calls with which each page opens. */
async function everyPageLoads(ui: Client) {
  await dataOf(ui.get('/sys/depts'))
  await dataOf(ui.get('/sys/menus'))
  await dataOf(ui.get('/sys/menus?status=1'))
  await dataOf(ui.get('/sys/roles/all'))
  await dataOf(ui.get('/sys/data-scopes/all'))
  await dataOf(ui.get('/sys/data-rules/all'))
  await dataOf(ui.get('/sys/data-rules/models'))
  await dataOf(ui.get('/sys/data-rules/models/Dept/columns'))
  await dataOf(ui.get('/sys/data-rules/value-template-variables'))
  for (const list of [
    '/sys/users',
    '/sys/roles',
    '/sys/data-scopes',
    '/sys/data-rules',
    '/logs/login',
    '/logs/opera',
  ])
    for (const size of [10, 20, 200]) await rowsOf(ui.get(`${list}?page=1&size=${size}`))
  await dataOf(ui.get('/monitors/redis'))
  await dataOf(ui.get('/monitors/server'))
  await dataOf(ui.get('/monitors/sessions'))
}

async function departments(ui: Client): Promise<string> {
  const name = unique('dept')
  await dataOf(ui.post('/sys/depts', { name, status: 1 }))
  const [made] = await dataOf(ui.get(`/sys/depts?name=${name}`))
  const { id } = made as Row
  await dataOf(ui.put(`/sys/depts/${id}`, { ...dept({ name }), parent_id: undefined, sort: undefined }))
  const child = unique('dept')
  await dataOf(ui.post('/sys/depts', { name: child, status: 1, parent_id: id }))
  const [root] = await dataOf(ui.get(`/sys/depts?name=${name}&leader=Ann&phone=138&status=1`))
  expect(root).toMatchObject({ id, leader: 'Ann' })
  const [leaf] = await dataOf(ui.get(`/sys/depts?name=${child}`))
  expect(leaf).toMatchObject({ parent_id: id, children: null })
  expect(await ui.delete(`/sys/depts/${id}`)).toFail(409, 'dept.has_children')
  await dataOf(ui.delete(`/sys/depts/${(leaf as Row).id}`))
  return id
}

async function menus(ui: Client): Promise<string> {
  const title = unique('title')
  const form = menu({ title, type: 3, component: '/_core/fallback/iframe.vue', link: 'https://example.com' })
  await dataOf(ui.post('/sys/menus', form))
  const [made] = await dataOf(ui.get(`/sys/menus?title=${title}&status=1`))
  const { id } = made as Row
  await dataOf(ui.put(`/sys/menus/${id}`, { ...form, remark: 'changed', parent_id: undefined }))
  const shown = flat(await dataOf(ui.get('/sys/menus/sidebar'))).find((row) => row.id === id)
  expect(shown).toMatchObject({ remark: 'changed', meta: { title, iframeSrc: 'https://example.com' } })
  return id
}

async function dataPermission(ui: Client): Promise<string> {
  const [ruleForm, scopeForm] = [rule(), scope()]
  await dataOf(ui.post('/sys/data-rules', ruleForm))
  const madeRule = await only(ui.get(`/sys/data-rules?page=1&size=20&name=${ruleForm.name}`))
  await dataOf(ui.put(`/sys/data-rules/${madeRule.id}`, { ...ruleForm, value: 'Support' }))
  await dataOf(ui.post('/sys/data-scopes', scopeForm))
  const { id } = await only(ui.get(`/sys/data-scopes?page=1&size=20&name=${scopeForm.name}&status=1`))
  await dataOf(ui.put(`/sys/data-scopes/${id}`, scopeForm))
  await dataOf(ui.put(`/sys/data-scopes/${id}/rules`, { rules: [madeRule.id] }))
  const full = await dataOf<{ rules: Row[] }>(ui.get(`/sys/data-scopes/${id}/rules`))
  expect(full.rules).toMatchObject([{ id: madeRule.id, value: 'Support' }])
  await dataOf(ui.put(`/sys/data-scopes/${id}/rules`, { rules: [] }))
  await dataOf(ui.delete('/sys/data-rules', { pks: [madeRule.id] }))
  return id
}

async function roles(ui: Client, menuId: string, scopeId: string): Promise<string> {
  const form = role()
  await dataOf(ui.post('/sys/roles', form))
  const { id } = await only(ui.get(`/sys/roles?page=1&size=20&name=${form.name}&status=1`))
  await dataOf(ui.put(`/sys/roles/${id}`, { ...form, remark: 'changed' }))
  await dataOf(ui.put(`/sys/roles/${id}/menus`, { menus: [menuId] }))
  await dataOf(ui.put(`/sys/roles/${id}/scopes`, { scopes: [scopeId] }))
  expect(flat(await dataOf(ui.get(`/sys/roles/${id}/menus`))).map((row) => row.id)).toEqual([menuId])
  expect(await dataOf(ui.get(`/sys/roles/${id}/scopes`))).toEqual([scopeId])
  return id
}

async function users(ui: Client, deptId: string, roleId: string) {
  const username = unique('user')
  const email = `${username}@example.com`
  const created = {
    username,
    password: 'console-user-1',
    nickname: 'Ann',
    email,
    dept_id: deptId,
    roles: [roleId],
  }
  await dataOf(ui.post('/sys/users', created))
  const list = `/sys/users?page=1&size=20&dept=${deptId}&username=${username}&status=1`
  const made = await only(ui.get(list))
  expect(made).toMatchObject({ dept: { id: deptId }, roles: [{ id: roleId }] })
  const form = { username, nickname: 'Bea', email, dept_id: deptId, roles: [roleId] }
  await dataOf(ui.put(`/sys/users/${made.id}`, form))
  for (const type of ['staff', 'superuser', 'multi_login', 'status'])
    await dataOf(ui.put(`/sys/users/${made.id}/permissions?type=${type}`))
  await dataOf(ui.put(`/sys/users/${made.id}/password`, { password: 'console-user-2' }))
  expect(await dataOf(ui.get(`/sys/users/${made.id}`))).toMatchObject({
    nickname: 'Bea',
    status: 0,
    is_staff: true,
    is_superuser: true,
    is_multi_login: true,
  })
  await dataOf(ui.delete(`/sys/users/${made.id}`))
  expect(await rowsOf(ui.get(`/sys/users?page=1&size=20&username=${username}`))).toEqual([])
}

async function tidyUp(ui: Client, made: Record<'deptId' | 'menuId' | 'scopeId' | 'roleId', string>) {
  await dataOf(ui.delete('/sys/roles', { pks: [made.roleId] }))
  await dataOf(ui.delete('/sys/data-scopes', { pks: [made.scopeId] }))
  await dataOf(ui.delete(`/sys/menus/${made.menuId}`))
  await dataOf(ui.delete(`/sys/depts/${made.deptId}`))
}

/** The token runs out: the page refreshes with the cookie alone, goes on, and logs out. */
async function refreshAndLeave(login: Answer) {
  const headers = withCookieOf(login)
  const renewed = await stranger().post('/auth/refresh', undefined, { headers })
  expect(renewed).toSucceed()
  const ui = new Client(baseUrl(), renewed.data.access_token)
  await dataOf(ui.put('/sys/users/me/nickname', { nickname: 'Cleo' }))
  expect(await dataOf(ui.get('/sys/users/me'))).toMatchObject({ nickname: 'Cleo' })
  const out = await ui.post('/auth/logout', undefined, { headers: withCookieOf(renewed) })
  expect(out).toSucceed()
  expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0')
  expect(await ui.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  expect((await stranger().post('/auth/refresh', undefined, { headers: withCookieOf(renewed) })).status).toBe(
    401,
  )
}
