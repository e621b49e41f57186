import { buildDept, buildRole, buildUser, signIn, stranger, useApp } from '#testing'

useApp()

describe('list users', () => {
  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/users')).toFail(401, 'auth.not_authenticated')
  })

  it('shows a user once, with department and all roles', async () => {
    const dept = await buildDept()
    const roles = [await buildRole(), await buildRole()]
    const user = await buildUser(
      { dept_id: dept.id },
      roles.map((role) => role.id),
    )
    const reader = await signIn()

    const answer = await reader.get(`/sys/users?username=${user.username}`)

    expect(answer).toSucceed()
    expect(answer.data.total).toBe(1)
    expect(answer.data.items[0]).toMatchObject({ id: user.id, dept_id: dept.id, dept: { name: dept.name } })
    expect(answer.data.items[0].roles.map((role: { id: string }) => role.id).sort()).toEqual(
      roles.map((r) => r.id).sort(),
    )
    expect(JSON.stringify(answer.data)).not.toContain('argon2')
  })
})
