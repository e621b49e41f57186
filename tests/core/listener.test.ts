import { data, happens, inTransaction, listens, module, reader, route, z, type Call } from '#core'
import { signIn, unique, useApp } from '#testing'
import { deptCrud } from '../../src/app/admin/crud/dept'

declare module '#core' {
  interface HappeningMap {
    'test.opened': { dept_id: string }
  }
}

interface Heard {
  id: string
  user: string | undefined
  name: string | undefined
}

const heard: Heard[] = []

/** Reads the row that was committed, and stores two of its own: one by itself, one in a transaction. */
async function hear(call: Call, { dept_id }: { dept_id: string }): Promise<void> {
  const dept = await deptCrud.get(call.db, dept_id)
  heard.push({ id: call.id, user: call.user?.id, name: dept?.name })
  await deptCrud.create(call.db, { name: `${dept?.name}-1` })
  await inTransaction((db) => deptCrud.create(db, { name: `${dept?.name}-2` }))
  call.afterCommit(() => void heard.push({ id: call.id, user: 'later', name: dept?.name }))
}

useApp(
  module({
    name: 'listener-test',
    routes: [
      route({
        method: 'post',
        path: '/test/opened',
        title: 'Open',
        access: 'signed_in',
        body: z.object({ name: z.string(), fails: z.boolean().default(false) }),
        reply: data(z.object({ id: z.string(), call: z.string() })),
        handle: async (call, { body }) => {
          const { id } = await deptCrud.create(call.db, { name: body.name })
          await happens(call, 'test.opened', { dept_id: id })
          if (body.fails) throw new Error('it is not to be')
          return { id, call: call.id }
        },
      }),
    ],
    listeners: [listens('test.opened', hear, 'after_commit')],
  }),
)

beforeEach(() => void heard.splice(0))

const stored = async (name: string) =>
  (await deptCrud.find(reader(), { where: { name: [`${name}-1`, `${name}-2`] }, order: ['name'] })).length

describe('what listens after the commit', () => {
  it('reads what was committed, stores rows of its own, and knows who acted', async () => {
    const person = await signIn()
    const name = unique('dept')

    const { data: made } = await person.post('/test/opened', { name })

    expect(heard).toEqual([
      { id: made.call, user: person.user.id, name },
      { id: made.call, user: 'later', name },
    ])
    expect(await stored(name)).toBe(2)
  })

  it('hears nothing of a change that was rolled back', async () => {
    const name = unique('dept')

    expect((await (await signIn()).post('/test/opened', { name, fails: true })).status).toBe(500)

    expect(heard).toEqual([])
    expect(await stored(name)).toBe(0)
  })
})
