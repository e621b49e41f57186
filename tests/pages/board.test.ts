import '../support/web-only'
import { module, reader, runs, task, z } from '#core'
import { roleMenuCrud } from '../../src/app/admin/crud/links'
import { producer } from '../../src/infra/queue'
import { ask, forgetTasks, resultOf } from '../support/tasks'
import {
  baseUrl,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  stranger,
  useApp,
  type Client,
} from '#testing'

const CODE = 'sys:task:board'
const Secretive = z.object({ word: z.string(), pin: z.string().meta({ secret: true }), password: z.string() })
const waiting = task({ name: 'board.waiting', title: 'Wait', payload: Secretive, queue: 'board-queue' })

useApp(module({ name: 'board-tasks', version: '1.0.0', tasks: [runs(waiting, async () => null)] }))
forgetTasks()

const get = (path: string, headers: Record<string, string> = {}) => fetch(baseUrl() + path, { headers })

/** As a browser does with the address that the user was given. @returns its cookie */
async function enter(user: Client): Promise<string> {
  const { data } = await user.get('/tasks/board')
  const [cookie = ''] = (await get(data.url)).headers.getSetCookie()
  return cookie.split(';')[0] ?? ''
}

const queues = (cookie: string) => get('/flower/api/queues?activeQueue=board-queue', { Cookie: cookie })

describe('the way to the queue board', () => {
  it('is shown to who has the code', async () => {
    expect((await stranger().get('/tasks/board')).status).toBe(401)
    expect(await (await signIn()).get('/tasks/board')).toFail(403, 'auth.permission_denied')
    expect((await queues('steward_board=x')).status).toBe(401)
    expect((await queues(await enter(await signIn({ can: [CODE] })))).status).toBe(200)
  })

  it('can be gone once, and leaves a cookie that other sites do not get to use', async () => {
    const { data } = await (await signIn({ can: [CODE] })).get('/tasks/board')

    const first = await get(data.url)
    const again = await get(data.url, { Accept: 'text/html' })

    expect(first.status).toBe(200)
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^steward_board=[\w-]{43}; HttpOnly; Path=\/flower; SameSite=Strict; Max-Age=3600;/,
      ),
    ])
    expect(await first.text()).toContain('content="0; url=/flower/"')
    expect(again.status).toBe(401)
    expect(again.headers.getSetCookie()).toEqual([])
    expect(await again.text()).toContain('该地址已被使用或已过期')
  })

  it('is closed from the next request on to who loses the right', async () => {
    const role = await buildRole({}, ['', CODE])
    const user = await buildUser({}, [role.id])
    const cookie = await enter(await clientOf(user))
    const admin = await signInAdmin()
    const menus = await roleMenuCrud.rightOf(reader(), role.id)
    expect((await queues(cookie)).status).toBe(200)

    expect(await admin.put(`/sys/roles/${role.id}/menus`, { menus: menus.slice(0, 1) })).toSucceed()

    expect((await queues(cookie)).status).toBe(403)
    const page = await get('/flower/', { Cookie: cookie, Accept: 'text/html', 'Accept-Language': 'en-US' })
    expect([page.status, await page.text()]).toEqual([
      403,
      expect.stringContaining('The board is not open to you'),
    ])
  })

  it('is closed when the session ends', async () => {
    const user = await signIn({ can: [CODE] })
    const cookie = await enter(user)
    const { data } = await user.get('/tasks/board')

    expect(await user.post('/auth/logout')).toSucceed()

    expect((await queues(cookie)).status).toBe(401)
    expect((await get(data.url)).status).toBe(401)
  })
})

describe('the queue board', () => {
  it('shows the task behind every job, without its secrets', async () => {
    const id = await ask(waiting, { word: 'hello', pin: 'secret-1', password: 'secret-2' }, { delay: 3600 })
    const { id: job } = await resultOf(id)
    await (
      await producer('board-queue')
    ).add('other', { word: 'foreign', password: 'secret-3' }, { delay: 3600_000 })

    const text = await (await queues(await enter(await signIn({ can: [CODE] })))).text()

    const board = (JSON.parse(text) as Board).queues.find(({ name }) => name === 'board-queue')
    expect(board).toMatchObject({
      readOnlyMode: true,
      isPaused: false,
      hasWorkers: false,
      counts: { delayed: 2 },
    })
    const jobs = board?.jobs ?? []
    expect(jobs.find((one) => one.id === job)).toMatchObject({
      ...{ name: 'board.waiting' },
      data: { task_id: id, status: 'PENDING', kwargs: { word: 'hello' } },
    })
    expect(jobs.find((one) => one.name === 'other')?.data).toMatchObject({ word: 'foreign' })
    expect(text).not.toMatch(/secret-\d/)
  })

  it('shows as paused what Steward has paused', async () => {
    const user = await signIn({ can: [CODE, 'sys:task:queue'] })
    expect(await user.put('/tasks/queues/board-queue/pause')).toSucceed()

    const { queues: shown } = (await (await queues(await enter(user))).json()) as Board

    expect(shown.find(({ name }) => name === 'board-queue')?.isPaused).toBe(true)
    expect(await user.put('/tasks/queues/board-queue/resume')).toSucceed()
  })

  it.each(['PUT /flower/api/queues/board-queue/pause', 'POST /flower/api/queues/board-queue/add'])(
    'changes nothing: %s',
    async (call) => {
      const [method, path] = call.split(' ')
      const cookie = await enter(await signIn({ can: [CODE] }))

      const answer = await fetch(baseUrl() + path, { method, headers: { Cookie: cookie } })

      expect(answer.status).toBe(405)
    },
  )

  it('is all from this machine, and its page holds together', async () => {
    const cookie = await enter(await signInAdmin())

    const page = await get('/flower/', { Cookie: cookie })
    const html = await page.text()
    const links = [...html.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map((match) => match[1] ?? '')

    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(html).not.toMatch(/(src|href)="https?:/)
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect((await get(`/flower/${link}`, { Cookie: cookie })).status).toBe(200)
    expect((await get(`/flower/${links[0]}`)).status).toBe(401)
  })
})

interface Board {
  queues: {
    name: string
    isPaused: boolean
    jobs: { id: string; name: string; data: object }[]
  }[]
}
