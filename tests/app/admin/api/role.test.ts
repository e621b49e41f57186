import { reader } from '#core'
import { casbinRuleCrud } from '../../../../src/app/admin/crud/casbin-rule'
import {
  dataScopeRuleCrud,
  roleDataScopeCrud,
  roleMenuCrud,
  userRoleCrud,
} from '../../../../src/app/admin/crud/links'
import { roleCrud } from '../../../../src/app/admin/crud/role'
import { userCrud } from '../../../../src/app/admin/crud/user'
import {
  buildDataRule,
  buildDataScope,
  buildDept,
  buildMenu,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  stranger,
  unique,
  useApp,
} from '#testing'

useApp()

const name = () => unique('role').slice(0, 32)
const input = (values: object = {}) => ({ name: name(), status: 1, ...values })
const adder = () => signIn({ can: ['sys:role:add'] })
const editor = () => signIn({ can: ['sys:role:edit', 'sys:role:menu:edit', 'sys:role:scope:edit'] })
const deleter = () => signIn({ can: ['sys:role:del'] })
const roleOf = async (user: { id: string }) => (await userRoleCrud.rightOf(reader(), user.id))[0] ?? ''

describe('list roles', () => {
  it('shows all of them unpaged, disabled ones too', async () => {
    const roles = [await buildRole(), await buildRole({ status: 0 })]

    const answer = await (await signIn()).get('/sys/roles/all')

    expect(answer).toSucceed()
    expect(answer.data.map((role: { id: string }) => role.id)).toEqual(
      expect.arrayContaining(roles.map((role) => role.id)),
    )
  })

  it('pages them by id and filters by name and status', async () => {
    const word = unique('Word').slice(0, 20)
    const roles = [await buildRole({ name: `${word}1` }), await buildRole({ name: `${word}2`, status: 0 })]
    const reading = await signIn()
    const find = async (query: string) => (await reading.get(`/sys/roles?name=${word}${query}`)).data

    expect((await find('')).items.map((role: { id: string }) => role.id)).toEqual(roles.map((r) => r.id))
    expect(await find('&size=1&page=2')).toMatchObject({
      total: 2,
      total_pages: 2,
      items: [roles[1]?.id].map((id) => ({ id })),
    })
    expect(await find('&status=0')).toMatchObject({ total: 1, items: [{ id: roles[1]?.id }] })
  })

  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/roles/all')).toFail(401, 'auth.not_authenticated')
  })
})

describe('get a role', () => {
  it('shows menus and scopes, but no rules', async () => {
    const role = await buildRole({}, ['a:b:c'])
    const [scope, rule] = [await buildDataScope(), await buildDataRule()]
    await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
    await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })

    const answer = await (await signIn()).get(`/sys/roles/${role.id}`)

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({
      id: role.id,
      name: role.name,
      is_filter_scopes: false,
      menus: [{ perms: 'a:b:c' }],
      scopes: [{ id: scope.id, rules: [] }],
    })
  })

  it('shows its menus as a tree, one without its parent as a root', async () => {
    const role = await buildRole()
    const parent = await buildMenu({ type: 0, sort: 1 })
    const menus = [parent, await buildMenu({ parent_id: parent.id, type: 2 })]
    const orphan = await buildMenu({ parent_id: (await buildMenu()).id, sort: 0 })
    for (const menu of [...menus, orphan])
      await roleMenuCrud.create(reader(), { role_id: role.id, menu_id: menu.id })
    const reading = await signIn()

    const answer = await reading.get(`/sys/roles/${role.id}/menus`)

    expect(answer.data).toMatchObject([
      { id: orphan.id, children: null },
      { id: parent.id, children: [{ id: menus[1]?.id, children: null }] },
    ])
    expect((await reading.get(`/sys/roles/${(await buildRole()).id}/menus`)).data).toEqual([])
  })

  it('shows the ids of its scopes as text', async () => {
    const [role, scope] = [await buildRole(), await buildDataScope()]
    await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })

    expect((await (await signIn()).get(`/sys/roles/${role.id}/scopes`)).data).toEqual([scope.id])
  })

  it.each(['', '/menus', '/scopes'])('does not know an unknown one%s', async (part) => {
    expect(await (await signIn()).get(`/sys/roles/1${part}`)).toFail(404, 'role.not_found')
  })
})

describe('create a role', () => {
  it('stores what is sent, and the defaults', async () => {
    const values = input({ remark: '' })

    const answer = await (await adder()).post('/sys/roles', values)

    expect(answer).toSucceed()
    expect(answer.data).toBeNull()
    expect(await roleCrud.byName(reader(), values.name)).toMatchObject({
      status: 1,
      is_filter_scopes: true,
      is_mfa_required: false,
      remark: null,
    })
  })

  it('refuses a taken name', async () => {
    const role = await buildRole()

    expect(await (await adder()).post('/sys/roles', input({ name: role.name }))).toFail(
      409,
      'role.name_taken',
    )
  })

  it.each([
    [{ name: 'x'.repeat(33) }],
    [{ name: undefined }],
    [{ status: undefined }],
    [{ is_filter_scopes: null }],
    [{ is_filter_scopes: 'maybe' }],
    [{ remark: 1 }],
  ])('refuses %j and stores nothing', async (values) => {
    const sent = input(values)

    expect((await (await adder()).post('/sys/roles', sent)).status).toBe(422)
    expect(sent.name ? await roleCrud.byName(reader(), sent.name) : null).toBeNull()
  })
})

describe('update a role', () => {
  it('sets what is sent and keeps what is left out', async () => {
    const role = await buildRole({ remark: 'r', is_filter_scopes: true })

    expect(await (await editor()).put(`/sys/roles/${role.id}`, input({ is_filter_scopes: 'no' }))).toSucceed()

    expect(await roleCrud.get(reader(), role.id)).toMatchObject({ remark: 'r', is_filter_scopes: false })
  })

  it('refuses what is unknown or taken', async () => {
    const [role, other] = [await buildRole(), await buildRole()]
    const client = await editor()

    expect(await client.put('/sys/roles/1', input())).toFail(404, 'role.not_found')
    expect(await client.put(`/sys/roles/${role.id}`, input({ name: other.name }))).toFail(
      409,
      'role.name_taken',
    )
    expect(await client.put(`/sys/roles/${role.id}`, input({ name: role.name }))).toSucceed()
  })

  it('locks members of a disabled role out at once', async () => {
    const user = await signIn()
    const role = await roleOf(user.user)

    await (await signInAdmin()).put(`/sys/roles/${role}`, input({ status: 0 }))

    expect(await user.get('/sys/users/me')).toFail(403, 'auth.roles_locked')
  })

  it('shows members other rows at once', async () => {
    const dept = await buildDept()
    const role = await buildRole({ is_filter_scopes: true })
    const user = await clientOf(await buildUser({}, [role.id]))
    const isThere = async () => (await user.get(`/sys/depts/${dept.id}`)).status
    expect(await isThere()).toBe(404)

    await (await editor()).put(`/sys/roles/${role.id}`, input({ is_filter_scopes: false }))

    expect(await isThere()).toBe(200)
  })
})

describe('replace the menus of a role', () => {
  it('makes them exactly the given ones, and acts at once', async () => {
    const user = await signIn({ can: ['sys:role:add'] })
    const role = await roleOf(user.user)
    const menu = await buildMenu()
    const tryIt = () => user.post('/sys/roles', input())
    expect(await tryIt()).toSucceed()

    const answer = await (await editor()).put(`/sys/roles/${role}/menus`, { menus: [menu.id, menu.id] })

    expect(answer).toSucceed()
    expect(await roleMenuCrud.rightOf(reader(), role)).toEqual([menu.id])
    expect(await tryIt()).toFail(403, 'auth.permission_denied')
  })

  it('takes an empty list for success', async () => {
    const role = await buildRole({}, ['a:b:c'])
    const client = await editor()

    const clear = () => client.put(`/sys/roles/${role.id}/menus`, { menus: [] })
    expect(await clear()).toSucceed()
    expect(await clear()).toSucceed()

    expect(await roleMenuCrud.rightOf(reader(), role.id)).toEqual([])
  })

  it('refuses unknown roles and menus, and changes nothing', async () => {
    const role = await buildRole({}, ['a:b:c'])
    const [before, menu] = [await roleMenuCrud.rightOf(reader(), role.id), await buildMenu()]
    const client = await editor()

    expect(await client.put('/sys/roles/1/menus', { menus: [] })).toFail(404, 'role.not_found')
    expect(await client.put(`/sys/roles/${role.id}/menus`, { menus: [menu.id, '1'] })).toFail(
      404,
      'menu.not_found',
    )
    expect((await client.put(`/sys/roles/${role.id}/menus`, {})).status).toBe(422)
    expect(await roleMenuCrud.rightOf(reader(), role.id)).toEqual(before)
  })
})

describe('replace the data scopes of a role', () => {
  it('makes them exactly the given ones, and acts at once', async () => {
    const dept = await buildDept()
    const role = await buildRole({ is_filter_scopes: true })
    const [scope, rule] = [await buildDataScope(), await buildDataRule({ value: dept.name })]
    await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })
    const user = await clientOf(await buildUser({}, [role.id]))
    const client = await editor()
    const isThere = async () => (await user.get(`/sys/depts/${dept.id}`)).status
    expect(await isThere()).toBe(404)

    expect(await client.put(`/sys/roles/${role.id}/scopes`, { scopes: [scope.id] })).toSucceed()
    expect(await isThere()).toBe(200)

    expect(await client.put(`/sys/roles/${role.id}/scopes`, { scopes: [] })).toSucceed()
    expect(await isThere()).toBe(404)
  })

  it('refuses unknown roles and scopes', async () => {
    const role = await buildRole()
    const client = await editor()

    expect(await client.put('/sys/roles/1/scopes', { scopes: [] })).toFail(404, 'role.not_found')
    expect(await client.put(`/sys/roles/${role.id}/scopes`, { scopes: ['1'] })).toFail(
      404,
      'data_scope.not_found',
    )
  })
})

describe('delete roles', () => {
  it('removes them with all that is tied to them, and acts at once', async () => {
    const user = await signIn({ can: ['sys:role:add'] })
    const [role, other, scope] = [await roleOf(user.user), await buildRole(), await buildDataScope()]
    await roleDataScopeCrud.create(reader(), { role_id: role, data_scope_id: scope.id })
    await casbinRuleCrud.create(reader(), { role_id: role, path: '/x', method: 'GET' })
    expect(await user.post('/sys/roles', input())).toSucceed()

    const answer = await (await deleter()).delete('/sys/roles', { pks: [role, other.id, '1'] })

    expect(answer).toSucceed()
    expect(await roleCrud.getMany(reader(), [role, other.id])).toEqual([])
    expect(await userRoleCrud.leftOf(reader(), role)).toEqual([])
    expect(await roleMenuCrud.rightOf(reader(), role)).toEqual([])
    expect(await roleDataScopeCrud.rightOf(reader(), role)).toEqual([])
    expect(await casbinRuleCrud.find(reader(), { where: { role_id: role } })).toEqual([])
    expect(await user.post('/sys/roles', input())).toFail(403, 'auth.roles_locked')
    expect(await userCrud.get(reader(), user.user.id)).not.toBeNull()
  })

  it('says that nothing happened for unknown ids and for none', async () => {
    const client = await deleter()

    expect(await client.delete('/sys/roles', { pks: ['1'] })).toFail(200, 'response.error', {}, 400)
    expect(await client.delete('/sys/roles', { pks: [] })).toFail(200, 'response.error', {}, 400)
    expect((await client.delete('/sys/roles')).status).toBe(422)
  })
})
