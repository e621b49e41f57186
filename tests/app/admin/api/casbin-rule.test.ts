import './casbin-rule-env'
import { reader } from '#core'
import { casbinRuleCrud } from '../../../../src/app/admin/crud/casbin-rule'
import { buildDept, buildRole, buildUser, clientOf, signIn, signInAdmin, useApp } from '#testing'

useApp()

const stored = (roleId: string) => casbinRuleCrud.find(reader(), { where: { role_id: roleId } })

describe('path rules', () => {
  it('are made, listed, changed and deleted', async () => {
    const [admin, role] = [await signInAdmin(), await buildRole()]
    const input = { role_id: role.id, path: '/api/v1/sys/depts/:pk', method: 'get', remark: 'one' }
    expect(await admin.post('/sys/casbin-rules', input)).toSucceed()
    const [made] = (await admin.get(`/sys/casbin-rules?role_id=${role.id}`)).data.items
    expect(made).toMatchObject({ ...input, method: 'GET' })

    expect(await admin.put(`/sys/casbin-rules/${made.id}`, { ...input, method: '*' })).toSucceed()
    expect(await stored(role.id)).toMatchObject([{ method: '*', remark: 'one' }])

    expect(await admin.delete('/sys/casbin-rules', { pks: [made.id] })).toSucceed()
    expect(await stored(role.id)).toEqual([])
    expect(await admin.delete('/sys/casbin-rules', { pks: [made.id] })).toFail(200, 'response.error', {}, 400)
  })

  it('are for super users alone', async () => {
    expect(await (await signIn()).get('/sys/casbin-rules')).toFail(403, 'auth.permission_denied')
  })

  it('name a role and a rule that are there', async () => {
    const [admin, role] = [await signInAdmin(), await buildRole()]
    const input = { role_id: role.id, path: '/api/v1/x', method: 'GET' }

    expect(await admin.post('/sys/casbin-rules', { ...input, role_id: '1' })).toFail(404, 'role.not_found')
    expect(await admin.put('/sys/casbin-rules/1', input)).toFail(404, 'casbin_rule.not_found')
  })

  it.each([
    ['path', { path: 'no/slash' }],
    ['path', { path: '/a/*/b' }],
    ['path', { path: '/a/(.*)' }],
    ['path', { path: '' }],
    ['method', { method: 'BREW' }],
  ])('are refused when they cannot work, naming the field: %s %j', async (field, values) => {
    const [admin, role] = [await signInAdmin(), await buildRole()]

    const answer = await admin.post('/sys/casbin-rules', {
      role_id: role.id,
      path: '/a',
      method: 'GET',
      ...values,
    })

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].loc).toEqual(['body', field])
    expect(await stored(role.id)).toEqual([])
  })

  it('hold on the very next request', async () => {
    const [admin, role] = [await signInAdmin(), await buildRole({}, ['some:other:code'])]
    const user = await clientOf(await buildUser({}, [role.id]))
    const remove = async () => (await user.delete(`/sys/depts/${(await buildDept()).id}`)).status
    expect(await remove()).toBe(403)

    const rule = { role_id: role.id, path: '/api/v1/sys/depts/:pk', method: 'DELETE' }
    await admin.post('/sys/casbin-rules', rule)
    expect(await remove()).toBe(200)

    const [{ id } = { id: '' }] = await stored(role.id)
    await admin.put(`/sys/casbin-rules/${id}`, { ...rule, method: 'PUT' })
    expect(await remove()).toBe(403)
    await admin.put(`/sys/casbin-rules/${id}`, { ...rule, method: '*' })
    expect(await remove()).toBe(200)
    await admin.delete('/sys/casbin-rules', { pks: [id] })
    expect(await remove()).toBe(403)
  })
})
