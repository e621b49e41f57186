import { buildDept, buildMenu, buildRole, buildUser, signInAdmin, unique, useApp } from '#testing'
import type { Answer } from '../../../support/client'

useApp()

const menu = (title: string) => ({
  title,
  name: title,
  type: 1,
  path: '/page',
  sort: 0,
  status: 1,
  display: 1,
  cache: 1,
})

/** What must be there once only, and a body that asks for it. */
const TAKEN: [what: string, path: string, body: (name: string) => object][] = [
  ['department', '/sys/depts', (name) => ({ name, status: 1 })],
  ['menu', '/sys/menus', menu],
  ['role', '/sys/roles', (name) => ({ name, status: 1 })],
  [
    'user',
    '/sys/users',
    (username) => ({
      username,
      nickname: username,
      password: 'long-enough-1',
      dept_id: '2048601264366944256',
      roles: [],
    }),
  ],
]

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()

describe('what several ask for at the same moment', () => {
  it.each(TAKEN)(
    'makes a %s once, and tells the others that the name is taken',
    async (_what, path, body) => {
      const admin = await signInAdmin()
      for (let round = 0; round < 3; round += 1) {
        const wanted = body(unique('same'))

        const answers = await Promise.all(Array.from({ length: 5 }, () => admin.post(path, wanted)))

        expect(statuses(answers)).toEqual([200, 409, 409, 409, 409])
      }
    },
  )

  it('renames one of two menus to a title', async () => {
    const admin = await signInAdmin()
    const [one, two, title] = [await buildMenu(), await buildMenu(), unique('same')]

    const answers = await Promise.all([one, two].map(({ id }) => admin.put(`/sys/menus/${id}`, menu(title))))

    expect(statuses(answers)).toEqual([200, 409])
  })
})

const one = <T>(list: T[]): T => list[Math.floor(Math.random() * list.length)] as T
const four = <T>(build: () => Promise<T>): Promise<T[]> => Promise.all([build(), build(), build(), build()])

it('lets administrators change the same users, roles and departments at once', async () => {
  const admin = await signInAdmin()
  const [roles, depts] = [await four(() => buildRole()), await four(() => buildDept())]
  const users = await four(() => buildUser({ is_superuser: true, dept_id: one(depts).id }))
  const changes = [
    () => {
      const [{ id, username }, { id: dept_id }] = [one(users), one(depts)]
      const wanted = roles.filter(() => Math.random() < 0.5).map((role) => role.id)
      return admin.put(`/sys/users/${id}`, { username, nickname: 'same', dept_id, roles: wanted })
    },
    () => admin.put(`/sys/users/${one(users).id}/permissions?type=staff`),
    () => {
      const { id, name } = one(depts)
      return admin.put(`/sys/depts/${id}`, { name, status: one([0, 1]) })
    },
    () => {
      const { id, name } = one(roles)
      return admin.put(`/sys/roles/${id}`, { name, status: one([0, 1]) })
    },
  ]
  const lane = async () => {
    const answers: Answer[] = []
    for (let count = 0; count < 20; count += 1) answers.push(await one(changes)())
    return answers
  }

  const answers = (await Promise.all(Array.from({ length: 8 }, lane))).flat()

  expect(answers.filter(({ code }) => code !== 200).map(({ status, msg }) => [status, msg])).toEqual([])
}, 60_000)
