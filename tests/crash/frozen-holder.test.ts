import { deptCrud } from '../../src/app/admin/crud/dept'
import { inTransaction } from '../../src/infra/database'
import { buildDept, signInAdmin, useApp } from '#testing'

useApp()

it('tells who needs a row that somebody never gives back to come again', async () => {
  const [admin, dept] = [await signInAdmin(), await buildDept()]
  let giveBack = () => {}
  const asked = new Promise<void>((resolve) => (giveBack = resolve))
  let hold = () => {}
  const held = new Promise<void>((resolve) => (hold = resolve))
  const holding = inTransaction(async (db) => {
    await deptCrud.lock(db, dept.id)
    hold()
    await asked
  })
  await held

  const answer = await admin.put(`/sys/depts/${dept.id}`, { name: dept.name, status: 1 })
  giveBack()
  await holding

  expect(answer).toFail(503, 'database.busy')
  expect(await admin.put(`/sys/depts/${dept.id}`, { name: dept.name, status: 1 })).toSucceed()
}, 60_000)
