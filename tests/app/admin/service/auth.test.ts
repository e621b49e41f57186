import { inTransaction, reader } from '../../../../src/infra/database'
import { redis } from '../../../../src/infra/redis'
import { countFailure } from '../../../../src/security/lockout'
import { listSessionsOf } from '../../../../src/security/session-list'
import { loginLogCrud } from '../../../../src/app/admin/crud/logs'
import { userCrud } from '../../../../src/app/admin/crud/user'
import * as authService from '../../../../src/app/admin/service/auth'
import { forbidden, systemCall, type Call, type Db } from '#core'
import { PASSWORD, buildUser, useApp } from '#testing'

/** What happens to a log-in between the check of its credentials and its commit. */

useApp()

type Someone = Awaited<ReturnType<typeof buildUser>>

const check = ({ username }: Someone) =>
  authService.check(systemCall(reader()), { username, password: PASSWORD })

/** Does what the pipeline does with a handler; `then` runs after it, in its transaction. */
async function login(verified: Awaited<ReturnType<typeof check>>, then: () => void = () => {}) {
  let last: Call | undefined
  const work = async (db: Db) => {
    const call = (last = systemCall(db))
    const answer = await authService.login(call, verified)
    then()
    return answer
  }
  return inTransaction(work, { rolledBack: async (again) => last?.rolledBack(again) })
}

const triesOf = async ({ username }: Someone) =>
  (await loginLogCrud.find(reader(), { where: { username } })).map(({ status, msg }) => ({ status, msg }))

it.each([
  ['the password was changed', { password: 'another hash' }],
  ['the user was disabled', { status: 0 }],
])('is refused when meanwhile %s', async (_name, change) => {
  const user = await buildUser()
  const verified = await check(user)
  await userCrud.update(reader(), user.id, change)

  await expect(login(verified)).rejects.toMatchObject({ key: 'login.wrong_credentials', status: 403 })

  expect(await listSessionsOf(user.id)).toEqual([])
  expect(await triesOf(user)).toEqual([{ status: 0, msg: '用户名或密码有误' }])
})

it('is refused when parallel failures have locked the account meanwhile', async () => {
  const user = await buildUser()
  const verified = await check(user)
  for (let i = 0; i < 5; i += 1) await countFailure(user.id, forbidden('login.wrong_credentials'))

  await expect(login(verified)).rejects.toMatchObject({ key: 'login.account_locked' })

  expect(await redis().exists(`fba:user:lock:${user.id}`)).toBe(1)
  expect(await triesOf(user)).toMatchObject([{ status: 0 }])
})

it('leaves no session and no success in the log when it cannot be committed', async () => {
  const user = await buildUser()
  const verified = await check(user)
  const failure = new Error('the database is gone')

  const attempt = login(verified, () => {
    throw failure
  })

  await expect(attempt).rejects.toBe(failure)
  expect(await listSessionsOf(user.id)).toEqual([])
  expect((await userCrud.get(reader(), user.id))?.last_login_time).toBeNull()
  expect(await triesOf(user)).toEqual([{ status: 0, msg: '服务器内部错误' }])
})

it('leaves one session and one row when it had to be done again', async () => {
  const user = await buildUser()
  const verified = await check(user)
  let tries = 0

  await login(verified, () => {
    tries += 1
    if (tries < 3) throw Object.assign(new Error('given up for another one'), { code: 'ER_LOCK_DEADLOCK' })
  })

  expect(tries).toBe(3)
  expect(await listSessionsOf(user.id)).toHaveLength(1)
  expect(await triesOf(user)).toEqual([{ status: 1, msg: '登录成功' }])
})
