import { reader } from '#core'
import { deptCrud } from '../../../../src/app/admin/crud/dept'
import { dataScopeRuleCrud, roleDataScopeCrud } from '../../../../src/app/admin/crud/links'
import {
  buildDataRule,
  buildDataScope,
  buildDept,
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

interface Node {
  id: string
  children: Node[] | null
}

const flat = (nodes: Node[]): Node[] => nodes.flatMap((node) => [node, ...flat(node.children ?? [])])
const input = (values: object = {}) => ({ name: unique('dept'), status: 1, ...values })
const adder = () => signIn({ can: ['sys:dept:add'] })
const editor = () => signIn({ can: ['sys:dept:edit'] })
const deleter = () => signIn({ can: ['sys:dept:del'] })
const stored = (id: string) => deptCrud.get(reader(), id)

/** Somebody whose only role has the given data rules. */
async function ruled(...rules: Parameters<typeof buildDataRule>[0][]) {
  const role = await buildRole({ is_filter_scopes: true }, ['sys:dept:edit', 'sys:dept:del', 'sys:dept:add'])
  const scope = await buildDataScope()
  await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
  for (const values of rules) {
    const rule = await buildDataRule(values)
    await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })
  }
  return clientOf(await buildUser({}, [role.id]))
}

describe('get a department', () => {
  it('shows all of it', async () => {
    const parent = await buildDept()
    const dept = await buildDept({ parent_id: parent.id, sort: 3 })

    const answer = await (await signIn()).get(`/sys/depts/${dept.id}`)

    expect(answer).toSucceed()
    expect(answer.data).toEqual({
      id: dept.id,
      name: dept.name,
      parent_id: parent.id,
      sort: 3,
      leader: null,
      phone: null,
      email: null,
      status: 1,
      del_flag: false,
      created_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      updated_time: null,
    })
  })

  it('does not know an unknown one', async () => {
    expect(await (await signIn()).get('/sys/depts/0')).toFail(404, 'dept.not_found')
  })

  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/depts/1')).toFail(401, 'auth.not_authenticated')
  })
})

describe('list departments', () => {
  it('shows a tree in order, leaves with null, without deleted ones', async () => {
    const root = await buildDept()
    const late = await buildDept({ parent_id: root.id, sort: 2 })
    const early = await buildDept({ parent_id: root.id, sort: 1 })
    await buildDept({ parent_id: root.id, del_flag: true })

    const answer = await (await signIn()).get('/sys/depts')

    const node = flat(answer.data).find((one) => one.id === root.id)
    expect(node?.children).toMatchObject([
      { id: early.id, children: null },
      { id: late.id, children: null },
    ])
  })

  it('makes a department whose parent is filtered out a root', async () => {
    const parent = await buildDept()
    const dept = await buildDept({ parent_id: parent.id })

    const answer = await (await signIn()).get(`/sys/depts?name=${dept.name.toUpperCase()}`)

    expect(answer.data).toMatchObject([{ id: dept.id, parent_id: parent.id, children: null }])
  })

  it('filters by name, leader, start of the phone number and status', async () => {
    const [leader, name] = [unique('Lee').slice(0, 20), unique('dept')]
    const dept = await deptCrud.create(reader(), { name, leader, phone: '13912345678', status: 0 })
    const reading = await signIn()
    const find = async (query: string) =>
      flat((await reading.get(`/sys/depts?name=${name}&${query}`)).data).map((one) => one.id)

    expect(await find(`leader=${leader.slice(1, 15)}`)).toEqual([dept.id])
    expect(await find('phone=1391')).toEqual([dept.id])
    expect(await find('phone=3912')).toEqual([])
    expect(await find('status=1')).toEqual([])
    expect(await find('leader=&phone=&status=0')).toEqual([dept.id])
  })

  it('shows departments that are each other’s parents', async () => {
    const [a, b] = [await buildDept(), await buildDept()]
    await deptCrud.update(reader(), a.id, { parent_id: b.id })
    await deptCrud.update(reader(), b.id, { parent_id: a.id })

    const ids = flat((await (await signIn()).get('/sys/depts')).data).map((one) => one.id)

    expect(ids.filter((id) => id === a.id || id === b.id).sort()).toEqual([a.id, b.id].sort())
    await deptCrud.update(reader(), a.id, { parent_id: null })
  })

  it('obeys the data rules of the caller', async () => {
    const parent = await buildDept()
    const dept = await buildDept({ parent_id: parent.id })
    const ids = async (client: Awaited<ReturnType<typeof ruled>>) =>
      flat((await client.get('/sys/depts')).data).map((one) => one.id)

    expect(await ids(await ruled())).toEqual([])
    expect(await ids(await ruled({ column: 'name', value: dept.name }))).toEqual([dept.id])
    expect(await ids(await ruled({ column: 'parent_id', value: parent.id }))).toEqual([dept.id])
    expect(await ids(await ruled({ model: 'User', column: 'username', value: 'x' }))).toEqual([])
  })

  it('hides from those rules also what is asked for, changed or deleted by id', async () => {
    const dept = await buildDept()
    const client = await ruled()

    expect(await client.get(`/sys/depts/${dept.id}`)).toFail(404, 'dept.not_found')
    expect(await client.put(`/sys/depts/${dept.id}`, input())).toFail(404, 'dept.not_found')
    expect(await client.delete(`/sys/depts/${dept.id}`)).toFail(404, 'dept.not_found')
  })

  it('keeps names unique also against departments the caller cannot see', async () => {
    const dept = await buildDept()

    expect(await (await ruled()).post('/sys/depts', input({ name: dept.name }))).toFail(
      409,
      'dept.name_taken',
    )
  })
})

describe('create a department', () => {
  it('stores what is sent, and the defaults', async () => {
    const parent = await buildDept()
    const values = input({ parent_id: parent.id, leader: 'Lee', phone: '13800138000', email: 'a@b.example' })

    const answer = await (await adder()).post('/sys/depts', values)

    expect(answer).toSucceed()
    expect(answer.data).toBeNull()
    expect(await deptCrud.byName(reader(), values.name)).toMatchObject({
      ...values,
      sort: 0,
      del_flag: false,
      updated_time: null,
    })
  })

  it('takes 0 and nothing for a root, and empty texts for null', async () => {
    const values = input({ parent_id: 0, leader: '', phone: '', email: '', sort: '7' })

    expect(await (await adder()).post('/sys/depts', values)).toSucceed()
    expect(await deptCrud.byName(reader(), values.name)).toMatchObject({
      parent_id: null,
      leader: null,
      phone: null,
      email: null,
      sort: 7,
    })
  })

  it('refuses a taken name, but not that of a deleted department', async () => {
    const [dept, deleted] = [await buildDept(), await buildDept({ del_flag: true })]
    const client = await adder()

    expect(await client.post('/sys/depts', input({ name: dept.name }))).toFail(409, 'dept.name_taken')
    expect(await client.post('/sys/depts', input({ name: deleted.name }))).toSucceed()
  })

  it('refuses unknown and deleted parents', async () => {
    const deleted = await buildDept({ del_flag: true })
    const client = await adder()

    for (const parent_id of ['1', deleted.id])
      expect(await client.post('/sys/depts', input({ parent_id }))).toFail(404, 'dept.parent_not_found')
  })

  it.each([
    [{ name: 'x'.repeat(65) }],
    [{ name: undefined }],
    [{ status: undefined }],
    [{ status: 2 }],
    [{ sort: -1 }],
    [{ sort: null }],
    [{ leader: 'x'.repeat(33) }],
    [{ phone: '1' }],
    [{ email: 'x' }],
    [{ email: `${'x'.repeat(60)}@example.com` }],
    [{ parent_id: 'x' }],
  ])('refuses %j', async (values) => {
    expect((await (await adder()).post('/sys/depts', input(values))).status).toBe(422)
  })
})

describe('update a department', () => {
  it('sets what is sent and keeps what is left out', async () => {
    const parent = await buildDept()
    const dept = await buildDept({ parent_id: parent.id, sort: 5 })
    await deptCrud.update(reader(), dept.id, { leader: 'Lee', phone: '13800138000' })

    const answer = await (
      await editor()
    ).put(`/sys/depts/${dept.id}`, {
      name: dept.name,
      status: 1,
      leader: null,
    })

    expect(answer).toSucceed()
    expect(await stored(dept.id)).toMatchObject({
      parent_id: parent.id,
      sort: 5,
      leader: null,
      phone: '13800138000',
      updated_time: expect.any(Date),
    })
  })

  it('refuses what is unknown or taken', async () => {
    const [dept, other, deleted] = [await buildDept(), await buildDept(), await buildDept({ del_flag: true })]
    const client = await editor()
    const update = (values: object) => client.put(`/sys/depts/${dept.id}`, input(values))

    expect(await client.put('/sys/depts/1', input())).toFail(404, 'dept.not_found')
    expect(await update({ name: other.name })).toFail(409, 'dept.name_taken')
    expect(await update({ parent_id: '1' })).toFail(404, 'dept.parent_not_found')
    expect(await update({ parent_id: deleted.id })).toFail(404, 'dept.parent_not_found')
  })

  it('refuses circles of any length', async () => {
    const top = await buildDept()
    const middle = await buildDept({ parent_id: top.id })
    const low = await buildDept({ parent_id: middle.id })
    const client = await editor()

    for (const parent_id of [top.id, middle.id, low.id])
      expect(await client.put(`/sys/depts/${top.id}`, input({ parent_id }))).toFail(403, 'dept.self_parent')
    expect(await client.put(`/sys/depts/${low.id}`, input({ parent_id: top.id }))).toSucceed()
  })

  it('does not let two moves at the same moment close a circle', async () => {
    const [one, two] = [await buildDept(), await buildDept()]
    const [belowOne, belowTwo] = [
      await buildDept({ parent_id: one.id }),
      await buildDept({ parent_id: two.id }),
    ]
    const client = await editor()

    const answers = await Promise.all([
      client.put(`/sys/depts/${one.id}`, input({ parent_id: belowTwo.id })),
      client.put(`/sys/depts/${two.id}`, input({ parent_id: belowOne.id })),
    ])

    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403])
  })

  it('stores parent 0 as none', async () => {
    const dept = await buildDept({ parent_id: (await buildDept()).id })

    await (await editor()).put(`/sys/depts/${dept.id}`, input({ parent_id: 0 }))

    expect((await stored(dept.id))?.parent_id).toBeNull()
  })

  it('locks members out at once, and lets them in again', async () => {
    const dept = await buildDept()
    const member = await signIn({ dept_id: dept.id })
    const admin = await signInAdmin()
    expect(await member.get('/sys/users/me')).toSucceed()

    await admin.put(`/sys/depts/${dept.id}`, { name: dept.name, status: 0 })
    expect(await member.get('/sys/users/me')).toFail(403, 'auth.dept_locked')

    await admin.put(`/sys/depts/${dept.id}`, { name: dept.name, status: 1 })
    expect(await member.get('/sys/users/me')).toSucceed()
  })
})

describe('delete a department', () => {
  it('keeps the row, and succeeds again', async () => {
    const dept = await buildDept()
    const client = await deleter()

    expect(await client.delete(`/sys/depts/${dept.id}`)).toSucceed()
    expect(await client.delete(`/sys/depts/${dept.id}`)).toSucceed()

    expect((await stored(dept.id))?.del_flag).toBe(true)
  })

  it('refuses while it has users or departments that are not deleted', async () => {
    const [withUser, parent] = [await buildDept(), await buildDept()]
    await buildUser({ dept_id: withUser.id })
    const child = await buildDept({ parent_id: parent.id })
    const client = await deleter()

    expect(await client.delete(`/sys/depts/${withUser.id}`)).toFail(409, 'dept.has_users')
    expect(await client.delete(`/sys/depts/${parent.id}`)).toFail(409, 'dept.has_children')
    await client.delete(`/sys/depts/${child.id}`)
    expect(await client.delete(`/sys/depts/${parent.id}`)).toSucceed()
  })

  it('does not know an unknown one', async () => {
    expect(await (await deleter()).delete('/sys/depts/1')).toFail(404, 'dept.not_found')
  })
})
