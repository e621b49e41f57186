import Router from '@koa/router'
import Koa from 'koa'
import sqlite3 from 'sqlite3'

/** Koa with its router and the bare driver, sending the same rows by the same SQL: no rights, no checks, no log. */
const db = new sqlite3.Database(process.argv[2] ?? '')
const all = (sql: string, values: unknown[]): Promise<Record<string, unknown>[]> =>
  new Promise((resolve, reject) =>
    db.all<Record<string, unknown>>(sql, values, (error, rows) => (error ? reject(error) : resolve(rows))),
  )
const holes = (list: unknown[]) => list.map(() => '?').join(', ')

const router = new Router()

router.get('/api/v1/bench/depts/:pk', async (ctx) => {
  const [row] = await all('SELECT * FROM sys_dept WHERE id = ? LIMIT 1', [ctx.params['pk']])
  ctx.body = { code: 200, msg: 'ok', data: row }
})

router.get('/api/v1/sys/users', async (ctx) => {
  const users = await all('SELECT * FROM sys_user ORDER BY id DESC LIMIT 20', [])
  const [count] = await all('SELECT count(*) AS n FROM sys_user', [])
  const ids = users.map((user) => user['id'])
  const depts = await all(
    `SELECT * FROM sys_dept WHERE id IN (${holes(ids)})`,
    users.map((user) => user['dept_id']),
  )
  const links = await all(`SELECT user_id, role_id FROM sys_user_role WHERE user_id IN (${holes(ids)})`, ids)
  const roleIds = [...new Set(links.map((link) => link['role_id']))]
  const roles = await all(`SELECT * FROM sys_role WHERE id IN (${holes(roleIds)})`, roleIds)
  const items = users.map((user) => ({
    ...user,
    password: undefined,
    salt: undefined,
    dept: depts.find((dept) => dept['id'] === user['dept_id']) ?? null,
    roles: links
      .filter((link) => link['user_id'] === user['id'])
      .map((link) => roles.find((role) => role['id'] === link['role_id'])),
  }))
  ctx.body = { code: 200, msg: 'ok', data: { items, total: count?.['n'] } }
})

const server = new Koa().use(router.routes()).listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
