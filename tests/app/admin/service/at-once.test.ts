import { buildMenu, signInAdmin, unique, useApp } from '#testing'
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
