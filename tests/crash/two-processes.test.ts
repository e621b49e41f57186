import { roleMenuCrud } from '../../src/app/admin/crud/links'
import { reader } from '../../src/infra/database'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { Client } from '../support/client'
import { buildMenu, buildRole, buildUser, tokenOf, unique, useApp } from '#testing'
import { ServerProcess } from './server-process'

// The application of the test itself only builds data; the two servers are processes of their own beside it.
useApp()

const settings = { CAPTCHA_RATE_LIMIT: '5', CAPTCHA_RATE_SECONDS: '30' }
const [one, two] = [new ServerProcess(settings), new ServerProcess(settings)]

beforeAll(() => Promise.all([one.start(), two.start()]), 60_000)
afterAll(() => Promise.all([one.stop(), two.stop()]), 60_000)

const on = async (server: ServerProcess, user: { id: string; username: string }) =>
  new Client(server.url, await tokenOf(user))
const anAdmin = () => buildUser({ is_superuser: true })

describe('what one process does holds on the very next request of the other', () => {
  it('when a permission is given and taken, again and again', async () => {
    const admin = await on(one, await anAdmin())
    const role = await buildRole()
    const button = await buildMenu({ type: 2, perms: 'sys:dept:add' })
    const page = await buildMenu()
    await roleMenuCrud.create(reader(), { role_id: role.id, menu_id: page.id })
    const user = await on(two, await buildUser({}, [role.id]))
    const may = async () => (await user.post('/sys/depts', { name: unique('dept'), status: 1 })).status

    for (let round = 0; round < 25; round += 1) {
      expect(await admin.put(`/sys/roles/${role.id}/menus`, { menus: [page.id, button.id] })).toSucceed()
      expect([round, await may()]).toEqual([round, 200])
      expect(await admin.put(`/sys/roles/${role.id}/menus`, { menus: [page.id] })).toSucceed()
      expect([round, await may()]).toEqual([round, 403])
    }
  })

  it('when a user is disabled', async () => {
    const admin = await on(one, await anAdmin())
    const victim = await buildUser({}, [(await buildRole({}, [''])).id])
    const user = await on(two, victim)
    expect(await user.get('/sys/users/me')).toSucceed()

    expect(await admin.put(`/sys/users/${victim.id}/permissions?type=status`)).toSucceed()

    expect([401, 403]).toContain((await user.get('/sys/users/me')).status)
  })

  it('when a password is changed: every session of the user ends, nobody else’s does', async () => {
    const admin = await on(one, await anAdmin())
    const victim = await buildUser()
    const [here, there] = [await on(one, victim), await on(two, victim)]
    const other = await on(two, await buildUser())

    expect(await admin.put(`/sys/users/${victim.id}/password`, { password: 'brand-new-1' })).toSucceed()

    expect((await here.get('/sys/users/me')).status).toBe(401)
    expect((await there.get('/sys/users/me')).status).toBe(401)
    expect(await other.get('/sys/users/me')).toSucceed()
  })

  it('when a session is ended by an administrator', async () => {
    const admin = await on(one, await anAdmin())
    const victim = await buildUser()
    const user = await on(two, victim)
    const { data: sessions } = await admin.get(`/monitors/sessions?username=${victim.username}`)

    expect(
      await admin.delete(`/monitors/sessions/${victim.id}?session_uuid=${sessions[0].session_uuid}`),
    ).toSucceed()

    expect((await user.get('/sys/users/me')).status).toBe(401)
  })
})

it('a rate limit counts the calls to both', async () => {
  const ask = (server: ServerProcess) => new Client(server.url).get('/auth/captcha')
  const answers = []
  for (const server of [one, two, one, two, one, two, one]) answers.push(await ask(server))

  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 429, 429])
  expect(Number(answers[6]?.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('ids made by both at the same time never meet, and carry different node numbers', async () => {
  const admin = await anAdmin()
  const [a, b] = [await on(one, admin), await on(two, admin)]
  const prefix = unique('burst')
  const create = (client: Client, name: string) => client.post('/sys/depts', { name, status: 1 })
  const both = Array.from({ length: 60 }, (_, n) => [
    create(a, `${prefix}-a-${n}`),
    create(b, `${prefix}-b-${n}`),
  ]).flat()

  for (const answer of await Promise.all(both)) expect(answer).toSucceed()

  const made = await deptCrud.find(reader(), { columns: ['id', 'name'] })
  const mine = made.filter((dept) => dept.name.startsWith(prefix))
  const nodes = (side: string) =>
    new Set(mine.filter((d) => d.name.includes(`-${side}-`)).map((d) => (BigInt(d.id) >> 12n) & 1023n))
  expect(new Set(mine.map((dept) => dept.id)).size).toBe(120)
  expect([...nodes('a')].some((node) => nodes('b').has(node))).toBe(false)
})
