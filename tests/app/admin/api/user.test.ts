import { Op, reader, verifyPassword } from '#core'
import { operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { dataScopeRuleCrud, roleDataScopeCrud, userRoleCrud } from '../../../../src/app/admin/crud/links'
import { passwordHistoryCrud } from '../../../../src/app/admin/crud/password-history'
import { userCrud } from '../../../../src/app/admin/crud/user'
import {
  type Client,
  PASSWORD,
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

const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id).sort()
const stored = async (id: string) => {
  const user = await userCrud.get(reader(), id)
  if (!user) throw new Error('no such user')
  return user
}

async function newUser(values: object = {}) {
  const dept = await buildDept()
  return { username: unique('user'), password: PASSWORD, dept_id: dept.id, roles: [], ...values }
}

const edited = (user: { username: string }, values: object = {}) => ({
  username: user.username,
  nickname: 'Nick',
  roles: [],
  ...values,
})

/** Takes the flag from all other super users while `run` runs. */
async function asLastSuperUser(id: string, run: () => Promise<void>) {
  const others = { is_superuser: true, id: { [Op.ne]: id } }
  const ids = (await userCrud.find(reader(), { where: others })).map((user) => user.id)
  await userCrud.updateWhere(reader(), { id: ids }, { is_superuser: false })
  try {
    await run()
  } finally {
    await userCrud.updateWhere(reader(), { id: ids }, { is_superuser: true })
  }
}

describe('list users', () => {
  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/users')).toFail(401, 'auth.not_authenticated')
  })

  it('shows and counts a user once, with department and all roles', async () => {
    const dept = await buildDept()
    const roles = [await buildRole({}, ['a:b:c']), await buildRole()]
    const user = await buildUser({ dept_id: dept.id }, idsOf(roles))
    const reading = await signIn()

    const answer = await reading.get(`/sys/users?username=${user.username}&size=1`)

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({ total: 1, total_pages: 1 })
    expect(answer.data.items[0]).toMatchObject({ id: user.id, dept_id: dept.id, dept: { name: dept.name } })
    expect(idsOf(answer.data.items[0].roles)).toEqual(idsOf(roles))
    expect(answer.data.items[0].roles[0]).toMatchObject({ menus: [], scopes: [] })
    expect(JSON.stringify(answer.data)).not.toContain('argon2')
  })

  it('shows the newest first', async () => {
    const word = unique('order')
    const users = [await buildUser({ username: `${word}1` }), await buildUser({ username: `${word}2` })]

    const answer = await (await signIn()).get(`/sys/users?username=${word}`)

    expect(answer.data.items.map((user: { id: string }) => user.id)).toEqual([users[1]?.id, users[0]?.id])
  })

  it('filters by department without those below, by phone and by status; empty and 0 mean no filter', async () => {
    const dept = await buildDept()
    const below = await buildDept({ parent_id: dept.id })
    const user = await buildUser({ dept_id: dept.id, phone: '13800138000' })
    const disabled = await buildUser({ dept_id: dept.id, status: 0 })
    await buildUser({ dept_id: below.id })
    const reading = await signIn()
    const find = async (query: string) => idsOf((await reading.get(`/sys/users?${query}`)).data.items)

    expect(await find(`dept=${dept.id}`)).toEqual(idsOf([user, disabled]))
    expect(await find(`dept=${dept.id}&phone=00138`)).toEqual([user.id])
    expect(await find(`dept=${dept.id}&status=0`)).toEqual([disabled.id])
    expect(await find(`dept=${dept.id}&username=&phone=`)).toEqual(idsOf([user, disabled]))
    expect(await find(`dept=0&username=${user.username}`)).toEqual([user.id])
  })

  it('shows departments also to somebody whose data rules hide them', async () => {
    const dept = await buildDept()
    const user = await buildUser({ dept_id: dept.id })
    const role = await buildRole({ is_filter_scopes: true })
    const ruled = await clientOf(await buildUser({}, [role.id]))

    const answer = await ruled.get(`/sys/users?username=${user.username}`)

    expect(answer.data.items[0].dept.name).toBe(dept.name)
  })

  it('refuses pages out of range', async () => {
    const reading = await signIn()

    for (const query of ['page=0', 'size=0', 'size=201', 'status='])
      expect((await reading.get(`/sys/users?${query}`)).status).toBe(422)
  })
})

describe('get a user', () => {
  it('shows department, roles, menus, scopes and rules', async () => {
    const dept = await buildDept()
    const role = await buildRole({}, ['x:y:z'])
    const [scope, rule] = [await buildDataScope(), await buildDataRule()]
    await roleDataScopeCrud.create(reader(), { role_id: role.id, data_scope_id: scope.id })
    await dataScopeRuleCrud.create(reader(), { data_scope_id: scope.id, data_rule_id: rule.id })
    const user = await buildUser({ dept_id: dept.id }, [role.id])

    const answer = await (await signIn()).get(`/sys/users/${user.id}`)

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({ id: user.id, dept: { id: dept.id }, last_login_time: null })
    expect(answer.data.roles[0].menus[0].perms).toBe('x:y:z')
    expect(answer.data.roles[0].scopes[0]).toMatchObject({ id: scope.id, rules: [{ id: rule.id }] })
  })

  it.each(['0', '9223372036854775807'])('does not know user %s', async (id) => {
    expect(await (await signIn()).get(`/sys/users/${id}`)).toFail(404, 'user.not_found')
  })

  it.each(['abc', '9223372036854775808', '-1'])('does not take %s for an id', async (id) => {
    expect((await (await signIn()).get(`/sys/users/${id}`)).status).toBe(422)
  })

  it('shows any stored avatar', async () => {
    const user = await buildUser()
    await userCrud.update(reader(), user.id, { avatar: '/relative.png' })

    expect((await (await signIn()).get(`/sys/users/${user.id}`)).data.avatar).toBe('/relative.png')
  })
})

describe('list the roles of a user', () => {
  it('shows disabled ones too', async () => {
    const roles = [await buildRole(), await buildRole({ status: 0 })]
    const user = await buildUser({}, idsOf(roles))

    const answer = await (await signIn()).get(`/sys/users/${user.id}/roles`)

    expect(idsOf(answer.data)).toEqual(idsOf(roles))
  })

  it('does not know an unknown user', async () => {
    expect(await (await signIn()).get('/sys/users/1/roles')).toFail(404, 'user.not_found')
  })
})

describe('create a user', () => {
  it('stores a hash, links the roles and shows the user', async () => {
    const role = await buildRole()
    const input = await newUser({ email: '', phone: '', roles: [role.id] })

    const answer = await (await signInAdmin()).post('/sys/users', input)

    expect(answer).toSucceed()
    expect(answer.data).toMatchObject({
      username: input.username,
      nickname: input.username,
      email: null,
      phone: null,
      avatar: null,
      status: 1,
      is_superuser: false,
      is_staff: false,
      is_multi_login: false,
      last_login_time: null,
      dept: { id: input.dept_id },
      roles: [{ id: role.id }],
    })
    const { password } = await stored(answer.data.id)
    expect((await verifyPassword(password, PASSWORD)).ok).toBe(true)
    expect(await passwordHistoryCrud.latest(reader(), answer.data.id, 5)).toEqual([password])
  })

  it('links a role once that is named twice', async () => {
    const role = await buildRole()
    const input = await newUser({ roles: [role.id, role.id] })

    expect((await (await signInAdmin()).post('/sys/users', input)).data.roles).toHaveLength(1)
  })

  it('refuses a taken name and a taken address', async () => {
    const user = await buildUser({ email: `${unique('a')}@example.com` })
    const admin = await signInAdmin()

    const sameName = await admin.post('/sys/users', await newUser({ username: user.username }))
    const sameEmail = await admin.post('/sys/users', await newUser({ email: user.email }))

    expect(sameName).toFail(409, 'user.name_taken')
    expect(sameEmail).toFail(409, 'user.email_taken')
  })

  it.each([
    ['', 'password.empty', {}],
    ['a1b2', 'password.too_short', { min: 6 }],
    [`a1${'x'.repeat(31)}`, 'password.too_long', { max: 32 }],
    ['abcdefg', 'password.needs_digit', {}],
    ['1234567', 'password.needs_letter', {}],
  ])('applies the policy: %s', async (password, key, params) => {
    const answer = await (await signInAdmin()).post('/sys/users', await newUser({ password }))

    expect(answer).toFail(400, key, params)
  })

  it('refuses unknown and deleted departments and unknown roles', async () => {
    const deleted = await buildDept({ del_flag: true })
    const admin = await signInAdmin()
    const create = async (values: object) => admin.post('/sys/users', await newUser(values))

    expect(await create({ dept_id: '1' })).toFail(404, 'dept.not_found')
    expect(await create({ dept_id: 0 })).toFail(404, 'dept.not_found')
    expect(await create({ dept_id: deleted.id })).toFail(404, 'dept.not_found')
    expect(await create({ roles: ['1'] })).toFail(404, 'role.not_found')
  })

  it.each([
    [{ username: 'x'.repeat(65) }],
    [{ username: undefined }],
    [{ nickname: 'x'.repeat(65) }],
    [{ email: 'no-address' }],
    [{ email: `${'x'.repeat(250)}@example.com` }],
    [{ phone: '12345' }],
    [{ dept_id: undefined }],
    [{ roles: undefined }],
    [{ roles: ['9223372036854775808'] }],
  ])('refuses %j', async (values) => {
    expect((await (await signInAdmin()).post('/sys/users', await newUser(values))).status).toBe(422)
  })

  it('echoes no password that has the wrong type', async () => {
    const answer = await (await signInAdmin()).post('/sys/users', await newUser({ password: 48613579 }))

    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).not.toContain('48613579')
  })

  it('keeps no password in the operation log', async () => {
    const answer = await (await signInAdmin()).post('/sys/users', await newUser())

    const [row] = await operaLogCrud.find(reader(), {
      where: { path: '/api/v1/sys/users', method: 'POST' },
      order: [['id', 'DESC']],
      limit: 1,
    })
    expect(JSON.stringify(row)).toContain(answer.data.username)
    expect(JSON.stringify(row)).not.toContain(PASSWORD)
    expect(JSON.stringify(row)).not.toContain('argon2')
  })

  it('is for super users who are staff', async () => {
    const body = await newUser()

    for (const values of [{}, { is_superuser: true, is_staff: false }])
      expect(await (await signIn(values)).post('/sys/users', body)).toFail(403, 'auth.permission_denied')
  })
})

describe('update a user', () => {
  it('sets what is sent, keeps what is left out, and replaces the roles', async () => {
    const [before, after] = [await buildRole(), await buildRole()]
    const dept = await buildDept()
    const user = await buildUser({ phone: '13800138000', dept_id: dept.id }, [before.id])
    const input = edited(user, { avatar: 'https://example.com/a.png', email: '', roles: [after.id] })

    const answer = await (await signInAdmin()).put(`/sys/users/${user.id}`, input)

    expect(answer).toSucceed()
    expect(answer.data).toBeNull()
    expect(await stored(user.id)).toMatchObject({
      nickname: 'Nick',
      avatar: 'https://example.com/a.png',
      email: null,
      phone: '13800138000',
      dept_id: dept.id,
      last_login_time: null,
    })
    expect(await userRoleCrud.rightOf(reader(), user.id)).toEqual([after.id])
  })

  it('takes null and the empty texts of the form as nothing', async () => {
    const dept = await buildDept()
    const user = await buildUser({ phone: '13800138000', dept_id: dept.id })
    const input = edited(user, { avatar: '', phone: '', dept_id: null })

    expect(await (await signInAdmin()).put(`/sys/users/${user.id}`, input)).toSucceed()
    expect(await stored(user.id)).toMatchObject({ avatar: null, phone: null, dept_id: null })
  })

  it('takes rights away from the very next request', async () => {
    const victim = await signIn({ can: ['sys:role:add'] })
    const tryIt = () => victim.post('/sys/roles', { name: unique('r').slice(0, 30), status: 1 })
    expect(await tryIt()).toSucceed()

    await (await signInAdmin()).put(`/sys/users/${victim.user.id}`, edited(victim.user))

    expect(await tryIt()).toFail(403, 'auth.roles_locked')
  })

  it('refuses what is taken or missing', async () => {
    const [user, other] = [await buildUser(), await buildUser({ email: `${unique('a')}@example.com` })]
    const deleted = await buildDept({ del_flag: true })
    const admin = await signInAdmin()
    const update = (values: object) => admin.put(`/sys/users/${user.id}`, edited(user, values))

    expect(await admin.put('/sys/users/1', edited(user))).toFail(404, 'user.not_found')
    expect(await update({ username: other.username })).toFail(409, 'user.name_taken')
    expect(await update({ email: other.email })).toFail(409, 'user.email_taken')
    expect(await update({ dept_id: deleted.id })).toFail(404, 'dept.not_found')
    expect(await update({ roles: ['1'] })).toFail(404, 'role.not_found')
  })

  it('lets a user keep the own name in other letters, and the own address', async () => {
    const user = await buildUser({ email: `${unique('a')}@example.com` })
    const input = edited({ username: user.username.toUpperCase() }, { email: user.email })

    expect(await (await signInAdmin()).put(`/sys/users/${user.id}`, input)).toSucceed()
  })

  it.each([
    [{ avatar: 'relative.png' }],
    [{ avatar: 'javascript:alert(1)' }],
    [{ avatar: `https://example.com/${'x'.repeat(250)}` }],
    [{ phone: '1' }],
    [{ nickname: undefined }],
    [{ nickname: '' }],
    [{ roles: undefined }],
  ])('refuses %j', async (values) => {
    const user = await buildUser()

    expect((await (await signInAdmin()).put(`/sys/users/${user.id}`, edited(user, values))).status).toBe(422)
  })

  it('does not lock the last super user out with a disabled role', async () => {
    const admin = await signInAdmin()
    const disabled = await buildRole({ status: 0 })

    await asLastSuperUser(admin.user.id, async () => {
      const answer = await admin.put(
        `/sys/users/${admin.user.id}`,
        edited(admin.user, { roles: [disabled.id] }),
      )
      expect(answer).toFail(403, 'user.last_superuser')
    })
  })
})

describe('toggle a flag', () => {
  const toggle = async (id: string, type: string, admin?: Client) =>
    (admin ?? (await signInAdmin())).put(`/sys/users/${id}/permissions?type=${type}`)

  it.each([
    ['superuser', 'is_superuser', true],
    ['staff', 'is_staff', false],
    ['status', 'status', 0],
    ['multi_login', 'is_multi_login', false],
  ] as const)('turns %s over and back', async (type, column, after) => {
    const user = await buildUser()

    expect(await toggle(user.id, type)).toSucceed()
    expect((await stored(user.id))[column]).toBe(after)

    await toggle(user.id, type)
    expect((await stored(user.id))[column]).toBe(user[column])
  })

  it('turns the flag of the user, not of the caller', async () => {
    const user = await buildUser({ is_multi_login: false })

    await toggle(user.id, 'multi_login', await signInAdmin({ is_multi_login: true }))

    expect((await stored(user.id)).is_multi_login).toBe(true)
  })

  it('logs a disabled user out everywhere, and for good', async () => {
    const user = await signIn()

    await toggle(user.user.id, 'status')
    expect(await user.get('/sys/users/me')).toFail(401, 'auth.token_expired')

    await toggle(user.user.id, 'status')
    expect(await user.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  })

  it('acts on the very next request', async () => {
    const user = await signIn()

    await toggle(user.user.id, 'superuser')
    expect(await user.put(`/sys/users/1/permissions?type=staff`)).toFail(404, 'user.not_found')
  })

  it('ends all sessions of somebody who may have one only', async () => {
    const user = await buildUser()
    const sessions = [await clientOf(user), await clientOf(user)]

    await toggle(user.id, 'multi_login')

    for (const session of sessions)
      expect(await session.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  })

  it('keeps the own session when the caller gives multi-login up', async () => {
    const admin = await signInAdmin()
    const other = await clientOf(admin.user)

    expect(await toggle(admin.user.id, 'multi_login', admin)).toSucceed()

    expect(await admin.get('/sys/users/me')).toSucceed()
    expect(await other.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  })

  it('ends no session of a user whose id begins alike', async () => {
    const user = await buildUser()
    const session = await clientOf(user)
    const shorter = user.id.slice(0, -1)
    await userCrud.updateWhere(reader(), { id: (await buildUser()).id }, { id: shorter })

    expect(await toggle(shorter, 'multi_login')).toSucceed()

    expect(await session.get('/sys/users/me')).toSucceed()
  })

  it.each(['superuser', 'staff', 'status'])('refuses to turn the own %s over', async (type) => {
    const admin = await signInAdmin()

    expect(await toggle(admin.user.id, type, admin)).toFail(403, 'user.own_permission')
  })

  it('refuses unknown users, unknown flags and none', async () => {
    expect(await toggle('1', 'staff')).toFail(404, 'user.not_found')
    expect((await toggle('1', 'x')).status).toBe(422)
    expect((await (await signInAdmin()).put('/sys/users/1/permissions')).status).toBe(422)
  })

  it('does not let two super users disable each other at the same moment', async () => {
    const [a, b] = [await signInAdmin(), await signInAdmin()]

    await asLastSuperUser(a.user.id, async () => {
      await userCrud.update(reader(), b.user.id, { is_superuser: true })
      await Promise.all([toggle(a.user.id, 'status', b), toggle(b.user.id, 'status', a)])
      const [one, two] = [await stored(a.user.id), await stored(b.user.id)]
      expect(one.status + two.status).toBe(1)
    })
  })
})

describe('reset a password', () => {
  const reset = async (id: string, password = 'another-horse-2') =>
    (await signInAdmin()).put(`/sys/users/${id}/password`, { password })

  it('stores the new hash and ends all sessions of the user', async () => {
    const user = await buildUser({ last_password_changed_time: null })
    const sessions = [await clientOf(user), await clientOf(user)]

    expect(await reset(user.id)).toSucceed()

    const { password, last_password_changed_time } = await stored(user.id)
    expect((await verifyPassword(password, 'another-horse-2')).ok).toBe(true)
    expect(last_password_changed_time).toBeInstanceOf(Date)
    for (const session of sessions)
      expect(await session.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  })

  it('refuses the current password and the last three', async () => {
    const user = await buildUser()
    expect(await reset(user.id, PASSWORD)).toFail(400, 'password.reused', { count: 3 })

    for (const password of ['horse-1a', 'horse-2a', 'horse-3a'])
      expect(await reset(user.id, password)).toSucceed()

    for (const password of ['horse-1a', 'horse-2a', 'horse-3a'])
      expect(await reset(user.id, password)).toFail(400, 'password.reused', { count: 3 })
    expect(await reset(user.id, PASSWORD)).toSucceed()
  })

  it('applies the policy and knows its users', async () => {
    const user = await buildUser()

    expect(await reset(user.id, 'a1')).toFail(400, 'password.too_short', { min: 6 })
    expect(await reset(user.id, 'ä1a'.repeat(20))).toFail(400, 'password.too_long', { max: 32 })
    expect(await reset('1')).toFail(404, 'user.not_found')
  })
})

describe('delete a user', () => {
  it('removes the row, the roles and the sessions, and keeps the history', async () => {
    const role = await buildRole()
    const user = await buildUser({}, [role.id])
    await passwordHistoryCrud.append(reader(), [{ user_id: user.id, password: 'hash' }])
    const session = await clientOf(user)

    expect(await (await signIn({ can: ['sys:user:del'] })).delete(`/sys/users/${user.id}`)).toSucceed()

    expect(await userCrud.get(reader(), user.id)).toBeNull()
    expect(await userRoleCrud.rightOf(reader(), user.id)).toEqual([])
    expect(await passwordHistoryCrud.latest(reader(), user.id, 5)).toEqual(['hash'])
    expect(await session.get('/sys/users/me')).toFail(401, 'auth.token_expired')
  })

  it('refuses unknown users and oneself', async () => {
    const admin = await signInAdmin()

    expect(await admin.delete('/sys/users/1')).toFail(404, 'user.not_found')
    expect(await admin.delete(`/sys/users/${admin.user.id}`)).toFail(403, 'user.delete_self')
  })

  it('leaves super users to super users', async () => {
    const admin = await buildUser({ is_superuser: true })

    const answer = await (await signIn({ can: ['sys:user:del'] })).delete(`/sys/users/${admin.id}`)

    expect(answer).toFail(403, 'user.superuser_only')
    expect(await (await signInAdmin()).delete(`/sys/users/${admin.id}`)).toSucceed()
  })

  it('keeps the last super user who can sign in', async () => {
    const last = await signInAdmin()
    // A super user who is not staff may delete users but not administer them.
    const other = await signInAdmin({ is_staff: false })

    await asLastSuperUser(last.user.id, async () => {
      await userCrud.update(reader(), other.user.id, { is_superuser: true })
      expect(await other.delete(`/sys/users/${last.user.id}`)).toFail(403, 'user.last_superuser')
    })
    expect(await userCrud.get(reader(), last.user.id)).not.toBeNull()
  })
})

describe('the last super user', () => {
  it('is not locked out with the department or the only role', async () => {
    const dept = await buildDept()
    const last = await signInAdmin({ dept_id: dept.id })
    const [role = ''] = await userRoleCrud.rightOf(reader(), last.user.id)
    const off = { name: unique('off').slice(0, 30), status: 0 }

    await asLastSuperUser(last.user.id, async () => {
      expect(await last.put(`/sys/depts/${dept.id}`, off)).toFail(403, 'user.last_superuser')
      expect(await last.put(`/sys/roles/${role}`, off)).toFail(403, 'user.last_superuser')
      expect(await last.delete('/sys/roles', { pks: [role] })).toSucceed()
    })
    expect(await last.get('/sys/users/me')).toSucceed()
  })
})
