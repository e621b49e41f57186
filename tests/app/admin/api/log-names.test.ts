import { randomUUID } from 'node:crypto'
import { reader } from '#core'
import { operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { until } from '../../../support/redis'
import { PASSWORD, buildUser, signInAdmin, stranger, useApp, type Answer } from '#testing'

/** What the operation log says of calls that nobody signed in made, and of those that were refused. */

useApp()

const withId = (id: string, more: object = {}) => ({ headers: { 'X-Request-ID': id, ...more } })

/** The row of the call that sent this request id; those of reads and refusals arrive a moment later. */
async function rowOfCall(requestId: string) {
  const find = () => operaLogCrud.first(reader(), { trace_id: requestId.replaceAll('-', '') })
  await until('the call is in the log', async () => (await find()) !== null)
  return (await find()) ?? Promise.reject(new Error('the row is gone'))
}

it('names the fields that were wrong, in the language of the installation', async () => {
  const [user, request] = [await signInAdmin(), randomUUID()]

  await user.post('/sys/depts', { name: 5, sort: 'x' }, withId(request, { 'Accept-Language': 'en-US' }))

  const { msg } = await rowOfCall(request)
  expect(msg).toMatch(/^请求参数非法: body\.name [\u4e00-\u9fff].*, body\.sort [\u4e00-\u9fff]/)
})

it.each([
  ['succeeds', PASSWORD, 1],
  ['fails', 'wrong-horse-1', 0],
])('keeps the name of somebody whose log-in %s', async (_how, password, status) => {
  const [{ username }, request] = [await buildUser(), randomUUID()]

  await stranger().post('/auth/login', { username, password }, withId(request))

  expect(await rowOfCall(request)).toMatchObject({ username, status, title: 'Log in' })
})

it('keeps whose session was renewed and ended', async () => {
  const [{ username }, renewal, end] = [await buildUser(), randomUUID(), randomUUID()]
  const cookieOf = (answer: Answer) => ({ Cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' })
  const login = await stranger().post('/auth/login', { username, password: PASSWORD })

  const renewed = await stranger().post('/auth/refresh', undefined, withId(renewal, cookieOf(login)))
  await stranger().post('/auth/logout', undefined, withId(end, cookieOf(renewed)))

  expect((await rowOfCall(renewal)).username).toBe(username)
  expect((await rowOfCall(end)).username).toBe(username)
})
