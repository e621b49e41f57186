import { AppError } from '../../src/common/errors'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { data, module, route, text, z, type Call } from '#core'
import { signIn, unique, useApp } from '#testing'

/** What happened, by the name that a request brings along. */
const happened: string[] = []
const note = (what: string) => void happened.push(what)

const isInTransaction = (call: Call) => call.db.transaction !== undefined

const make = route({
  method: 'post',
  path: '/prepared/depts',
  title: 'Make a department by a prepared name',
  access: 'signed_in',
  body: z.object({ name: text(64), then: z.string().optional() }),
  reply: data(
    z.object({ name: z.string(), prepared_in_transaction: z.boolean(), in_transaction: z.boolean() }),
  ),
  prepare: (call, { body }) => {
    if (body.then === 'refuse early') throw new AppError('dept.name_taken', { status: 409 })
    return { name: `${body.name}!`, inside: isInTransaction(call) }
  },
  handle: async (call, { body }, prepared) => {
    call.afterCommit(() => note(`${body.name} committed`))
    call.afterRollback(() => note(`${body.name} rolled back`))
    await deptCrud.create(call.db, { name: prepared.name })
    if (body.then === 'refuse late') throw new AppError('dept.name_taken', { status: 409 })
    return {
      name: prepared.name,
      prepared_in_transaction: prepared.inside,
      in_transaction: isInTransaction(call),
    }
  },
})

useApp(module({ name: 'prepared', version: '1.0.0', routes: [make] }))

it('is done before the transaction is opened, and its result is handed over', async () => {
  const name = unique('dept')
  const answer = await (await signIn()).post('/prepared/depts', { name })

  expect(answer.data).toEqual({ name: `${name}!`, prepared_in_transaction: false, in_transaction: true })
})

it('can refuse, and then nothing is begun', async () => {
  const name = unique('dept')
  const answer = await (await signIn()).post('/prepared/depts', { name, then: 'refuse early' })

  expect(answer).toFail(409, 'dept.name_taken')
  expect(happened.filter((what) => what.startsWith(name))).toEqual([])
})

it.each([
  ['go on', 'committed'],
  ['refuse late', 'rolled back'],
])('is followed by exactly one of the two ends: %s', async (then, end) => {
  const name = unique('dept')
  await (await signIn()).post('/prepared/depts', { name, then })

  expect(happened.filter((what) => what.startsWith(name))).toEqual([`${name} ${end}`])
})
