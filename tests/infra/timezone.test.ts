import { Op } from 'sequelize'
import { deptCrud } from '../../src/app/admin/crud/dept'
import { operaLogCrud } from '../../src/app/admin/crud/logs'
import { reader } from '../../src/infra/database'
import { ServerProcess } from '../crash/server-process'
import { Client } from '../support/client'
import { buildUser, clientOf, tokenOf, unique, useApp } from '#testing'

useApp()

// Beside the application of this test, on the same database: a machine whose clock is set to another zone.
const abroad = new ServerProcess({ TZ: 'America/St_Johns' })
beforeAll(() => abroad.start(), 60_000)
afterAll(() => abroad.stop(), 60_000)

it('means the same moment on machines in different zones', async () => {
  const admin = await buildUser({ is_superuser: true })
  const [here, there] = [await clientOf(admin), new Client(abroad.url, await tokenOf(admin))]
  const name = unique('dept')
  const began = Date.now()

  expect(await there.post('/sys/depts', { name, status: 1 })).toSucceed()

  const [dept] = await deptCrud.find(reader(), { where: { name } })
  expect(dept?.created_time.getTime()).toBeGreaterThanOrEqual(began - 1)
  expect(dept?.created_time.getTime()).toBeLessThanOrEqual(Date.now())
  const shown = async (client: Client) => (await client.get(`/sys/depts?name=${name}`)).data[0].created_time
  expect(await shown(there)).toBe(await shown(here))
  const [row] = await operaLogCrud.find(reader(), { where: { username: admin.username, method: 'POST' } })
  expect(row?.opera_time.getTime()).toBeGreaterThanOrEqual(began - 1)
  expect(row?.changes).toMatchObject({
    rows: [{ after: { created_time: dept?.created_time.toISOString() } }],
  })
})

it('compares moments with a filter alike in different zones', async () => {
  const admin = await buildUser({ is_superuser: true })
  const there = new Client(abroad.url, await tokenOf(admin))
  const dept = await deptCrud.create(reader(), { name: unique('dept') })
  await there.put(`/sys/depts/${dept.id}`, { name: dept.name, status: 1 })

  const fresh = await deptCrud.find(reader(), {
    where: { name: dept.name, updated_time: { [Op.between]: [dept.created_time, new Date()] } },
  })

  expect(fresh).toHaveLength(1)
})
