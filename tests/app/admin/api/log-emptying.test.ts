import { randomUUID } from 'node:crypto'
import { nextId, reader } from '#core'
import { loginLogCrud, operaLogCrud } from '../../../../src/app/admin/crud/logs'
import { until } from '../../../support/redis'
import { signIn, unique, useApp } from '#testing'

useApp()

const TIME = new Date('2026-01-02T03:04:05.678Z')
const common = (username: string) => ({
  id: nextId(),
  username,
  ip: '8.8.8.8',
  msg: 'x',
  status: 1,
  created_time: TIME,
})

describe.each([
  {
    kind: 'login' as const,
    crud: loginLogCrud,
    fill: (username: string, rows: number) =>
      loginLogCrud.appendOnce(
        reader(),
        Array.from({ length: rows }, () => ({
          ...common(username),
          user_uuid: randomUUID(),
          login_time: TIME,
        })),
      ),
  },
  {
    kind: 'opera' as const,
    crud: operaLogCrud,
    fill: (username: string, rows: number) =>
      operaLogCrud.appendOnce(
        reader(),
        Array.from({ length: rows }, () => ({
          ...common(username),
          ...{
            trace_id: randomUUID().replaceAll('-', ''),
            method: 'GET',
            title: 'Do a thing',
            path: '/things',
          },
          opera_time: TIME,
        })),
      ),
  },
])('a long log: $kind', ({ kind, crud, fill }) => {
  it('is emptied of five thousand rows by the request, and of the rest in the background', async () => {
    const [username, request] = [unique('many'), randomUUID()]
    for (let batch = 0; batch < 6; batch += 1) await fill(username, 1000)
    const user = await signIn({ can: [`log:${kind}:clear`] })

    const answer = await user.delete(`/logs/${kind}/all`, undefined, { headers: { 'X-Request-ID': request } })

    expect(answer).toSucceed()
    const row = await operaLogCrud.first(reader(), { trace_id: request.replaceAll('-', '') })
    expect(row?.changes).toMatchObject({
      rows: [{ id: '*', action: 'delete', before: { rows: 5000, rest_deleted_by_task: expect.any(String) } }],
    })
    await until('the rest is gone', async () => (await crud.count(reader(), { username })) === 0)
  }, 60_000)
})
