import { reader } from '#core'
import { dataScopeCrud } from '../../../../src/app/admin/crud/data-scope'
import { dataScopeRuleCrud, roleDataScopeCrud } from '../../../../src/app/admin/crud/links'
import { deptCrud } from '../../../../src/app/admin/crud/dept'
import {
  buildDataRule,
  buildDataScope,
  buildDept,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  unique,
  useApp,
} from '#testing'

useApp()

const rule = (values: object = {}) => ({
  name: unique('rule'),
  model: 'Dept',
  column: 'name',
  operator: 0,
  expression: 0,
  value: 'x',
  ...values,
})
type RuleValues = Parameters<typeof buildDataRule>[0]
type Node = { id: string; name: string; children: Node[] | null }
const flat = (nodes: Node[]): Node[] => nodes.flatMap((node) => [node, ...flat(node.children ?? [])])

/** Somebody in a department whose only role has one scope with these rules. */
async function ruled(dept: string | null, ...rules: RuleValues[]) {
  const role = await buildRole({ is_filter_scopes: true }, ['sys:dept:edit', 'sys:dept:del'])
  const scope = await buildDataScope()
  await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
  const made = []
  for (const values of rules) {
    const one = await buildDataRule(values)
    made.push(one)
    await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: one.id })
  }
  const client = await clientOf(await buildUser({ dept_id: dept }, [role.id]))
  return { client, role, scope, rules: made }
}

describe('what rules may name', () => {
  it('lists words for models, then the models, then the links', async () => {
    const answer = await (await signIn()).get('/sys/data-rules/models')

    const models = [
      'Dept',
      'LoginLog',
      'Menu',
      'OperaLog',
      'Role',
      'TaskResult',
      'User',
      'UserPasswordHistory',
    ]
    const ours = ['__ALL__', ...models, 'sys_role_menu', 'sys_user_role']
    expect(answer.data.filter((name: string) => ours.includes(name))).toEqual(ours)
    for (const hidden of ['DataRule', 'TaskOutbox', 'TaskTick', 'sys_data_scope_rule'])
      expect(answer.data).not.toContain(hidden)
  })

  it('lists the columns of a model with labels, and the words for columns at the end', async () => {
    const { data } = await (await signIn()).get('/sys/data-rules/models/Dept/columns')

    expect(data).toContainEqual({ key: 'leader', comment: '负责人' })
    expect(data.slice(-2)).toEqual([
      { key: '__dept_id__', comment: '部门 ID' },
      { key: '__created_by__', comment: '创建者' },
    ])
    const keys = data.map((one: { key: string }) => one.key)
    for (const hidden of ['id', 'sort', 'del_flag', 'created_time']) expect(keys).not.toContain(hidden)
  })

  it('offers no secret column', async () => {
    const { data } = await (await signIn()).get('/sys/data-rules/models/User/columns')

    const keys = data.map((one: { key: string }) => one.key)
    expect(keys).toContain('is_superuser')
    for (const secret of ['password', 'salt', 'mfa_secret']) expect(keys).not.toContain(secret)
  })

  it('offers only words for all models, and knows no others', async () => {
    const user = await signIn()

    const { data } = await user.get('/sys/data-rules/models/__ALL__/columns')

    expect(data.map((one: { key: string }) => one.key)).toEqual(['__dept_id__', '__created_by__'])
    expect(await user.get('/sys/data-rules/models/DataRule/columns')).toFail(404, 'data_rule.model_not_found')
  })

  it('lists the variables for values', async () => {
    const { data } = await (await signIn()).get('/sys/data-rules/value-template-variables')

    expect(data).toEqual([
      { key: '${user_id}', comment: '当前登录用户 ID' },
      { key: '${dept_id}', comment: '当前登录用户部门 ID' },
      { key: '${now}', comment: '当前时间' },
    ])
  })
})

describe('data rules', () => {
  it('are made, read, changed and deleted', async () => {
    const admin = await signInAdmin()
    const input = rule()
    expect(await admin.post('/sys/data-rules', input)).toSucceed()
    const [made] = (await admin.get(`/sys/data-rules?name=${input.name}`)).data.items
    expect(made).toMatchObject({ ...input, updated_time: null })

    expect(await admin.put(`/sys/data-rules/${made.id}`, { ...input, value: 'y' })).toSucceed()

    expect((await admin.get(`/sys/data-rules/${made.id}`)).data).toMatchObject({ ...input, value: 'y' })
    expect((await admin.get('/sys/data-rules/all')).data).toContainEqual(
      expect.objectContaining({ id: made.id }),
    )
    expect(await admin.delete('/sys/data-rules', { pks: [made.id] })).toSucceed()
    expect(await admin.get(`/sys/data-rules/${made.id}`)).toFail(404, 'data_rule.not_found')
  })

  it('need a name of their own', async () => {
    const [admin, one, other] = [await signInAdmin(), await buildDataRule(), await buildDataRule()]

    expect(await admin.post('/sys/data-rules', rule({ name: one.name }))).toFail(409, 'data_rule.name_taken')
    expect(await admin.put(`/sys/data-rules/${other.id}`, rule({ name: one.name }))).toFail(
      409,
      'data_rule.name_taken',
    )
    expect(await admin.put(`/sys/data-rules/${one.id}`, rule({ name: one.name }))).toSucceed()
  })

  it('cannot be changed where there is none', async () => {
    expect(await (await signInAdmin()).put('/sys/data-rules/1', rule())).toFail(404, 'data_rule.not_found')
  })

  it.each([
    ['model', { model: 'Nothing' }],
    ['model', { model: 'DataRule' }],
    ['column', { column: 'nothing' }],
    ['column', { column: 'id' }],
    ['column', { model: 'User', column: 'password' }],
    ['value', { column: 'parent_id', value: 'abc' }],
    ['value', { column: 'status', value: '${now}' }],
    ['value', { value: '${nobody}' }],
    ['operator', { operator: 2 }],
    ['expression', { expression: 8 }],
    ['name', { name: 'x'.repeat(513) }],
  ])('are refused when they cannot work, naming the field: %s %j', async (field, values) => {
    const answer = await (await signInAdmin()).post('/sys/data-rules', rule(values))

    expect(answer.status).toBe(422)
    expect(answer.data.errors[0].loc).toEqual(['body', field])
  })

  it('say that nothing was there to delete', async () => {
    expect(await (await signInAdmin()).delete('/sys/data-rules', { pks: ['1'] })).toFail(
      200,
      'response.error',
      {},
      400,
    )
  })

  it('leave no tie to a scope behind when they go, and no longer count at once', async () => {
    const mine = await buildDept()
    const { client, scope, rules } = await ruled(null, { value: mine.name }, { value: 'other', operator: 1 })
    expect(await client.get(`/sys/depts/${mine.id}`)).toSucceed()

    await (await signInAdmin()).delete('/sys/data-rules', { pks: [rules[0]?.id] })

    expect(await dataScopeRuleCrud.rightOf(reader(), scope.id)).toEqual([rules[1]?.id])
    expect(await client.get(`/sys/depts/${mine.id}`)).toFail(404, 'dept.not_found')
  })

  it('hold on the very next request when they change', async () => {
    const [one, other] = [await buildDept(), await buildDept()]
    const { client, rules } = await ruled(null, { value: one.name })
    expect(await client.get(`/sys/depts/${one.id}`)).toSucceed()

    await (await signInAdmin()).put(`/sys/data-rules/${rules[0]?.id}`, rule({ value: other.name }))

    expect(await client.get(`/sys/depts/${one.id}`)).toFail(404, 'dept.not_found')
    expect(await client.get(`/sys/depts/${other.id}`)).toSucceed()
  })
})

describe('data scopes', () => {
  it('are made, read, changed and deleted', async () => {
    const [admin, name] = [await signInAdmin(), unique('scope')]
    expect(await admin.post('/sys/data-scopes', { name, status: 1 })).toSucceed()
    const [made] = (await admin.get(`/sys/data-scopes?name=${name}&status=1`)).data.items

    expect(await admin.put(`/sys/data-scopes/${made.id}`, { name, status: 0 })).toSucceed()

    expect((await admin.get(`/sys/data-scopes/${made.id}`)).data).toMatchObject({
      id: made.id,
      name,
      status: 0,
    })
    expect((await admin.get('/sys/data-scopes/all')).data).toContainEqual(expect.objectContaining({ name }))
    expect((await admin.get(`/sys/data-scopes?name=${name}&status=1`)).data.items).toEqual([])
    expect(await admin.delete('/sys/data-scopes', { pks: [made.id] })).toSucceed()
    expect(await admin.get(`/sys/data-scopes/${made.id}`)).toFail(404, 'data_scope.not_found')
  })

  it('need a name of their own and must be there', async () => {
    const [admin, one] = [await signInAdmin(), await buildDataScope()]

    expect(await admin.post('/sys/data-scopes', { name: one.name, status: 1 })).toFail(
      409,
      'data_scope.name_taken',
    )
    expect(await admin.put('/sys/data-scopes/1', { name: 'x', status: 1 })).toFail(
      404,
      'data_scope.not_found',
    )
    expect(await admin.get('/sys/data-scopes/1/rules')).toFail(404, 'data_scope.not_found')
    expect(await admin.delete('/sys/data-scopes', { pks: [] })).toFail(200, 'response.error', {}, 400)
  })

  it('take exactly the rules they are given, none included', async () => {
    const [admin, scope] = [await signInAdmin(), await buildDataScope()]
    const [one, two, three] = [await buildDataRule(), await buildDataRule(), await buildDataRule()]
    const set = (...rules: string[]) => admin.put(`/sys/data-scopes/${scope.id}/rules`, { rules })
    const held = async () =>
      (await admin.get(`/sys/data-scopes/${scope.id}/rules`)).data.rules.map((r: { id: string }) => r.id)

    expect(await set(one.id, two.id)).toSucceed()
    expect(await set(two.id, three.id, three.id)).toSucceed()
    expect(await held()).toEqual([two.id, three.id])
    expect(await set(one.id, '1')).toFail(404, 'data_rule.not_found')
    expect(await held()).toEqual([two.id, three.id])
    expect(await set()).toSucceed()
    expect(await held()).toEqual([])
  })

  it('leave no ties behind when they go', async () => {
    const { role, scope } = await ruled(null, {})

    await (await signInAdmin()).delete('/sys/data-scopes', { pks: [scope.id] })

    expect(await dataScopeCrud.get(reader(), scope.id)).toBeNull()
    expect(await roleDataScopeCrud.rightOf(reader(), role.id)).toEqual([])
    expect(await dataScopeRuleCrud.rightOf(reader(), scope.id)).toEqual([])
  })

  it('hold on the very next request when they are switched, filled and deleted', async () => {
    const [admin, mine] = [await signInAdmin(), await buildDept()]
    const { client, scope, rules } = await ruled(null, { value: mine.name })
    const sees = async () => (await client.get(`/sys/depts/${mine.id}`)).status === 200
    const change = { name: scope.name }
    expect(await sees()).toBe(true)

    await admin.put(`/sys/data-scopes/${scope.id}`, { ...change, status: 0 })
    expect(await sees()).toBe(false)
    await admin.put(`/sys/data-scopes/${scope.id}`, { ...change, status: 1 })
    expect(await sees()).toBe(true)
    await admin.put(`/sys/data-scopes/${scope.id}/rules`, { rules: [] })
    expect(await sees()).toBe(false)
    await admin.put(`/sys/data-scopes/${scope.id}/rules`, { rules: [rules[0]?.id] })
    expect(await sees()).toBe(true)
    await admin.delete('/sys/data-scopes', { pks: [scope.id] })
    expect(await sees()).toBe(false)
  })
})

describe('the checked examples of the contract', () => {
  /** A root department and a child of it; the caller belongs to the root. */
  async function family() {
    const root = await buildDept({ name: unique('测试') })
    const child = await buildDept({ name: unique('A'), parent_id: root.id })
    return { root, child }
  }

  type Family = Awaited<ReturnType<typeof family>>
  const examples: [string, (f: Family) => RuleValues[], ('root' | 'child')[]][] = [
    ['no rules', () => [], []],
    ['only a rule for another model', () => [{ model: 'User', column: 'username', value: 'x' }], []],
    ['only a column it does not have', ({ root }) => [{ column: '__dept_id__', value: root.id }], []],
    [
      'two conditions that never hold together',
      ({ root }) => [{ column: 'parent_id', value: root.id }, { value: root.name }],
      [],
    ],
    [
      'one condition or the other',
      ({ root }) => [
        { column: 'parent_id', value: root.id },
        { value: root.name, operator: 1 },
      ],
      ['root', 'child'],
    ],
    [
      'a list of names with blanks',
      ({ root, child }) => [{ expression: 6, value: `${child.name}, ${root.name}` }],
      ['root', 'child'],
    ],
    [
      'all but a name',
      ({ child, root }) => [
        { expression: 7, value: child.name },
        { expression: 6, value: `${child.name},${root.name}` },
      ],
      ['root'],
    ],
    ['the department of the caller', () => [{ column: 'parent_id', value: '${dept_id}' }], ['child']],
    ['a value that is no id', () => [{ column: 'parent_id', value: 'abc' }], []],
  ]

  it.each(examples)('%s', async (_name, rules, visible) => {
    const depts = await family()
    const { client } = await ruled(depts.root.id, ...rules(depts))
    const seen = (who: 'root' | 'child') => visible.includes(who)

    const listed = flat((await client.get('/sys/depts')).data).map((node) => node.id)
    for (const who of ['root', 'child'] as const) {
      const { id, name } = depts[who]
      expect([who, listed.includes(id)]).toEqual([who, seen(who)])
      expect([who, (await client.get(`/sys/depts/${id}`)).status]).toEqual([who, seen(who) ? 200 : 404])
      const change = await client.put(`/sys/depts/${id}`, { name, status: 1, leader: 'new' })
      expect([who, change.status]).toEqual([who, seen(who) ? 200 : 404])
      expect((await deptCrud.get(reader(), id))?.leader ?? null).toBe(seen(who) ? 'new' : null)
    }
    const gone = await client.delete(`/sys/depts/${depts.child.id}`)
    expect(gone.status).toBe(seen('child') ? 200 : 404)
    expect((await deptCrud.get(reader(), depts.child.id))?.del_flag).toBe(seen('child'))
  })

  it('nobody without rules sees rows, and who is not filtered sees all', async () => {
    const { root } = await family()
    const free = await signIn()

    expect(await free.get(`/sys/depts/${root.id}`)).toSucceed()
    expect((await (await ruled(root.id)).client.get('/sys/depts')).data).toEqual([])
  })
})
