import { randomUUID } from 'node:crypto'
import { redis } from '../../../../src/infra/redis'
import { markOnline, isOnline } from '../../../../src/security/online'
import {
  Client,
  PASSWORD,
  baseUrl,
  buildUser,
  signIn,
  signInAdmin,
  stranger,
  useApp,
  type UserValues,
} from '#testing'

useApp()

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'

/** Signs a new user in as a browser does. */
async function logIn(values: UserValues = {}) {
  const user = await buildUser(values)
  return logInAgain(user)
}

async function logInAgain(user: Awaited<ReturnType<typeof buildUser>>) {
  const answer = await stranger().post(
    '/auth/login',
    { username: user.username, password: PASSWORD },
    { headers: { 'User-Agent': CHROME } },
  )
  const { access_token, session_uuid } = answer.data
  const family = (await redis().zrange(`fba:sessions:${user.id}`, -1, -1))[0] ?? ''
  return {
    user,
    uuid: session_uuid as string,
    family,
    login: answer.data,
    client: new Client(baseUrl(), access_token),
    cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '',
  }
}

const refresh = (cookie: string) =>
  stranger().post('/auth/refresh', undefined, { headers: { Cookie: cookie, 'User-Agent': CHROME } })
const uuids = (sessions: { session_uuid: string }[]) => sessions.map((session) => session.session_uuid)

describe('the list of sessions', () => {
  it('shows a super user who is signed in, from where and until when', async () => {
    const admin = await signInAdmin()
    const one = await logIn({ nickname: 'Ada' })

    const answer = await admin.get(`/monitors/sessions?username=${one.user.username}`)

    expect(answer).toSucceed()
    expect(answer.data).toEqual([
      {
        id: one.user.id,
        session_uuid: one.uuid,
        username: one.user.username,
        nickname: 'Ada',
        ip: '127.0.0.1',
        os: 'Windows 10',
        browser: 'Chrome 126.0.0',
        device: 'PC',
        status: 0,
        last_login_time: one.login.user.last_login_time,
        expire_time: one.login.access_token_expire_time,
      },
    ])
  })

  it('shows who has an open socket, and keeps device and log-in time through a refresh', async () => {
    const admin = await signInAdmin()
    const one = await logIn()
    await markOnline(one.family, 'socket')
    const { data } = await refresh(one.cookie)

    const answer = await admin.get(`/monitors/sessions?username=${one.user.username}`)

    expect(answer.data).toMatchObject([
      {
        session_uuid: data.session_uuid,
        status: 1,
        device: 'PC',
        last_login_time: one.login.user.last_login_time,
      },
    ])
  })

  it('shows the latest first, and all of them when the filter is empty', async () => {
    const admin = await signInAdmin()
    const [first, second] = [await logIn(), await logIn()]

    const all = uuids((await admin.get('/monitors/sessions?username=')).data)

    expect(all.indexOf(second.uuid)).toBeGreaterThanOrEqual(0)
    expect(all.indexOf(second.uuid)).toBeLessThan(all.indexOf(first.uuid))
  })

  it('calls unknown what is not known, whatever the filter', async () => {
    const admin = await signInAdmin()
    const one = await logIn()
    await redis().del(`fba:token_extra_info:${one.user.id}:${one.uuid}`)

    const { data } = await admin.get('/monitors/sessions?username=somebody')

    expect(data).toContainEqual(
      expect.objectContaining({ session_uuid: one.uuid, username: '未知', device: '未知' }),
    )
    await one.client.post('/auth/logout') // it would stand in every other list
  })

  it('shows everybody else only his own', async () => {
    await logIn()
    const one = await logIn()
    const notStaff = await signInAdmin({ is_staff: false })

    expect(uuids((await one.client.get('/monitors/sessions')).data)).toEqual([one.uuid])
    expect((await notStaff.get('/monitors/sessions')).data).toHaveLength(1)
  })

  it('shows a user his own, and which one it is that asks', async () => {
    const user = await buildUser()
    const [here, there] = [await logInAgain(user), await logInAgain(user)]

    const { data } = await here.client.get('/sys/users/me/sessions')

    expect(uuids(data)).toEqual([there.uuid, here.uuid])
    expect(data.map((session: { is_current: boolean }) => session.is_current)).toEqual([false, true])
  })
})

describe('ending a session', () => {
  it('takes its tokens, its place in the list and its sockets, and nothing from others', async () => {
    const admin = await signInAdmin()
    const user = await buildUser()
    const [victim, other] = [await logInAgain(user), await logInAgain(user)]
    await markOnline(victim.family, 'socket')

    const answer = await admin.delete(`/monitors/sessions/${user.id}?session_uuid=${victim.uuid}`)

    expect(answer).toSucceed()
    expect(await victim.client.get('/auth/codes')).toFail(401, 'auth.token_expired')
    expect(await refresh(victim.cookie)).toFail(401, 'auth.refresh_expired')
    expect(await isOnline(victim.family)).toBe(false)
    expect(await redis().keys(`fba:*${victim.uuid}*`)).toEqual([])
    expect(await other.client.get('/auth/codes')).toSucceed()
  })

  it('succeeds for one that is unknown, and needs a name', async () => {
    const admin = await signInAdmin()
    const path = `/monitors/sessions/${admin.user.id}`

    expect(await admin.delete(`${path}?session_uuid=${randomUUID()}`)).toSucceed()
    expect((await admin.delete(path)).status).toBe(422)
    expect((await admin.delete('/monitors/sessions/abc?session_uuid=a')).status).toBe(422)
  })

  it('is for super users, but everybody may end his own', async () => {
    const [one, victim] = [await logIn({ is_staff: false }), await logIn()]

    const refused = await one.client.delete(
      `/monitors/sessions/${victim.user.id}?session_uuid=${victim.uuid}`,
    )
    expect(refused).toFail(403, 'auth.permission_denied')
    expect(await victim.client.get('/auth/codes')).toSucceed()

    expect(await one.client.delete(`/monitors/sessions/${one.user.id}?session_uuid=${one.uuid}`)).toSucceed()
    expect(await one.client.get('/auth/codes')).toFail(401, 'auth.token_expired')
  })

  it('of his own goes by its name alone', async () => {
    const user = await buildUser()
    const [here, there] = [await logInAgain(user), await logInAgain(user)]
    const somebody = await signIn()

    expect(await somebody.delete(`/sys/users/me/sessions/${there.uuid}`)).toFail(404, 'session.not_found')
    expect(await here.client.delete(`/sys/users/me/sessions/${there.uuid}`)).toSucceed()

    expect(await there.client.get('/auth/codes')).toFail(401, 'auth.token_expired')
    expect(await here.client.get('/auth/codes')).toSucceed()
  })
})
