import { data, id, module, notFound, route, z } from '#core'
import { deptCrud } from '../src/app/admin/crud/dept'
import { userRoleCrud } from '../src/app/admin/crud/links'
import { roleCrud } from '../src/app/admin/crud/role'
import { userCrud } from '../src/app/admin/crud/user'
import { DeptDetail } from '../src/app/admin/schema/dept'
import { database, reader } from '../src/infra/database'
import { start } from '../src/start'
import { openSession } from '../src/security/session'
import type { Prepared } from './prepared'

/** The measured read: authenticated, authorised by a code, validated in and out, written into the operation log. */
const readOne = route({
  method: 'get',
  path: '/bench/depts/:pk',
  title: 'Read one department',
  access: 'bench:dept:get',
  params: z.object({ pk: id() }),
  reply: data(DeptDetail),
  handle: async (call, { params }) => {
    const row = await deptCrud.get(call.db, params.pk)
    if (!row) throw notFound('dept.not_found')
    return row
  },
})

const USERS = 200
const DEPTS = 50

async function prepare(): Promise<Omit<Prepared, 'port' | 'storage'>> {
  const db = reader()
  const depts: string[] = []
  for (let n = 0; n < DEPTS; n += 1)
    depts.push((await deptCrud.create(db, { name: `bench-${Date.now()}-${n}` })).id)
  const roles = await Promise.all(
    [1, 2].map((n) => roleCrud.create(db, { name: `bench-${Date.now()}-${n}`, is_filter_scopes: false })),
  )
  let user = ''
  for (let n = 0; n < USERS; n += 1) {
    const name = `bench-${Date.now()}-${n}`
    const made = await userCrud.create(db, {
      username: name,
      nickname: name,
      dept_id: depts[n % DEPTS] ?? null,
      is_superuser: n === 0,
      is_staff: true,
    })
    for (const role of roles) await userRoleCrud.create(db, { user_id: made.id, role_id: role.id })
    if (n === 0) user = made.id
  }
  const { access_token: token } = await openSession({ user_id: user, info: { swagger: true } })
  return { token, depts }
}

async function main(): Promise<void> {
  const { port, lifecycle } = await start({
    modules: [module({ name: 'bench', version: '1.0.0', routes: [readOne] })],
    plugins: [],
  })
  process.once('SIGTERM', () => void lifecycle.stop().then(() => process.exit(0)))
  const storage = String(Reflect.get(database().options, 'storage'))
  process.send?.({ port, storage, ...(await prepare()) } satisfies Prepared)
}

void main()
