import { channels, module } from '#core'
import {
  baseUrl,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  stranger,
  unique,
  useApp,
  type Client,
} from '#testing'
import { io, type Socket } from 'socket.io-client'
import { ending, forgetTasks } from '../../../tests/support/tasks'
import { userCrud } from '../../../src/app/admin/crud/user'
import { resultCrud } from '../../../src/app/task/crud/result'
import { reader } from '../../../src/infra/database'

const sent: unknown[] = []
const post = channels.filledBy({
  name: 'email',
  send: async (_call, to, words, options) => {
    sent.push([to, words, options])
  },
})

useApp(module({ name: 'post', extensions: [post] }), { plugins: ['notice'] })
forgetTasks()

const PATH = '/sys/notices'

let admin: Client
beforeAll(async () => {
  admin = await signInAdmin()
})

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})

const draft = (title: string, more: object = {}) => ({
  title,
  type: 0,
  status: 0,
  content: '# Hello',
  ...more,
})

async function newNotice(more: object = {}): Promise<{ id: string; title: string }> {
  const title = unique('n')
  expect(await admin.post(PATH, draft(title, more))).toSucceed()
  return (await admin.get(`${PATH}?title=${title}`)).data.items[0]
}

const titles = async (client: Client, query = '') =>
  (await client.get(`${PATH}/me?size=200&${query}`)).data.items.map((one: { title: string }) => one.title)

const unread = async (client: Client) => (await client.get(`${PATH}/me/unread`)).data.unread

/** The next notice that comes in on a socket of this user. */
async function listen(client: Client): Promise<{ heard: Promise<unknown> }> {
  const token = String(client.headers['Authorization']).slice('Bearer '.length)
  const { session_uuid } = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString())
  const socket = io(baseUrl(), {
    path: '/ws/socket.io',
    transports: ['websocket'],
    reconnection: false,
    auth: { token, session_uuid },
  })
  open.push(socket)
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('connect_error', reject)
  })
  return { heard: new Promise((resolve) => socket.on('notice', resolve)) }
}

describe('a notice', () => {
  it('is made, found, changed and deleted', async () => {
    const { id, title } = await newNotice({ type: 1 })
    expect((await admin.get(`${PATH}/${id}`)).data).toMatchObject({
      title,
      type: 1,
      status: 0,
      content: '# Hello',
    })
    expect((await admin.get(`${PATH}?type=1&status=0&title=${title.slice(2)}`)).data.total).toBe(1)

    expect(await admin.put(`${PATH}/${id}`, draft(title, { content: 'other' }))).toSucceed()
    expect((await admin.get(`${PATH}/${id}`)).data.content).toBe('other')

    expect(await admin.delete(PATH, { pks: [id] })).toSucceed()
    expect(await admin.get(`${PATH}/${id}`)).toFail(404, 'notice.not_found')
    expect(await admin.put(`${PATH}/${id}`, draft(title))).toFail(404, 'notice.not_found')
    expect((await admin.delete(PATH, { pks: [id] })).code).toBe(400)
  })

  it.each([
    ['a type that does not exist', { type: 2 }],
    ['a status that does not exist', { status: 7 }],
    ['no title', { title: '' }],
    ['a title that is too long', { title: 'x'.repeat(65) }],
    ['no content', { content: undefined }],
  ])('is refused with %s', async (_, wrong) => {
    expect((await admin.post(PATH, draft('x', wrong))).status).toBe(422)
  })
})

/** The end of the task that mails what was published last. */
async function mailing() {
  const newest = { where: { name: 'notice.mail' }, order: [['id', 'DESC']] as [string, string][], limit: 1 }
  const [task] = await resultCrud.find(reader(), newest)
  return ending(String(task?.task_id))
}

describe('publishing', () => {
  it('shows a notice to everybody', async () => {
    const { id, title } = await newNotice()
    const person = await signIn()
    expect(await titles(person)).not.toContain(title)

    expect(await admin.post(`${PATH}/${id}/publish`, {})).toSucceed()

    expect(await titles(person)).toContain(title)
    expect((await admin.get(`${PATH}/${id}`)).data).toMatchObject({ status: 1, audience: 'everyone' })
  })

  it('shows a notice to the users it names, and to nobody else', async () => {
    const { id, title } = await newNotice()
    const [meant, other] = [await signIn(), await signIn()]

    await admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [meant.user.id] })

    expect(await titles(meant)).toContain(title)
    expect(await titles(other)).not.toContain(title)
  })

  it('shows a notice to whoever has the role, from the moment it is given', async () => {
    const { id, title } = await newNotice()
    const role = await buildRole()
    const member = await clientOf(await buildUser({}, [role.id]))
    const other = await signIn()

    await admin.post(`${PATH}/${id}/publish`, { audience: 'roles', ids: [role.id] })

    expect(await titles(member)).toContain(title)
    expect(await titles(other)).not.toContain(title)
  })

  it('tells those it is for at once', async () => {
    const { id, title } = await newNotice()
    const person = await signIn()
    const { heard } = await listen(person)

    await admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [person.user.id] })

    expect(await heard).toEqual({ id, title, type: 0 })
  })

  it('needs an audience', async () => {
    const { id } = await newNotice()

    expect((await admin.post(`${PATH}/${id}/publish`, { audience: 'users' })).status).toBe(422)
    expect((await admin.post(`${PATH}/${id}/publish`, { audience: 'friends' })).status).toBe(422)
    expect(await admin.post(`${PATH}/1/publish`, {})).toFail(404, 'notice.not_found')
  })

  it('by mail writes to each of them who has an address, once', async () => {
    const { id, title } = await newNotice()
    const email = `${unique('m')}@example.com`
    const reached = await buildUser()
    await userCrud.update(reader(), reached.id, { email })
    const without = await buildUser()

    await admin.post(`${PATH}/${id}/publish`, {
      audience: 'users',
      ids: [reached.id, without.id],
      mail: true,
    })
    const end = await mailing()

    expect(end.status).toBe('SUCCESS')
    const key = expect.stringMatching(new RegExp(`^notice:${id}:\\d+:${reached.id}$`))
    expect(sent).toEqual([[email, '# Hello', { title, key, format: 'markdown' }]])
  })
})

describe('what I have read', () => {
  it('is counted, marked and kept', async () => {
    const person = await signIn()
    expect(await person.put(`${PATH}/me/read`, {})).toSucceed()
    expect(await unread(person)).toBe(0)
    const [one, two] = [await newNotice(), await newNotice()]
    for (const { id } of [one, two])
      await admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [person.user.id] })
    expect(await unread(person)).toBe(2)

    expect(await person.put(`${PATH}/me/read`, { pks: [one.id] })).toSucceed()
    expect(await person.put(`${PATH}/me/read`, { pks: [one.id] })).toSucceed()

    expect(await unread(person)).toBe(1)
    expect(await titles(person, 'unread=true')).toEqual([two.title])
    const all = (await person.get(`${PATH}/me?size=200`)).data.items
    expect(all.find((notice: { id: string }) => notice.id === one.id).is_read).toBe(true)
    expect(all.find((notice: { id: string }) => notice.id === two.id).is_read).toBe(false)
  })

  it('cannot be what is not shown to me', async () => {
    const person = await signIn()
    const { id } = await newNotice()
    await person.put(`${PATH}/me/read`, { pks: [id] })

    await admin.post(`${PATH}/${id}/publish`, { audience: 'users', ids: [person.user.id] })

    expect(await titles(person, 'unread=true')).toHaveLength(await unread(person))
    expect((await person.get(`${PATH}/me`)).data.items[0]).toMatchObject({ id, is_read: false })
  })
})

describe('who sees what', () => {
  /** Four notices with one word in their titles: hidden, for everybody, for the user, for the role. */
  async function four(user: string, role: string): Promise<{ word: string; ids: string[] }> {
    const word = unique('w')
    const ids: string[] = []
    for (const to of [null, {}, { audience: 'users', ids: [user] }, { audience: 'roles', ids: [role] }]) {
      const title = `${word}${ids.length}`
      await admin.post(PATH, draft(title))
      const { id } = (await admin.get(`${PATH}?title=${title}`)).data.items[0]
      ids.push(id)
      if (to) expect(await admin.post(`${PATH}/${id}/publish`, to)).toSucceed()
    }
    return { word, ids }
  }

  /** Numbers of the notices in the list, those that can be read one by one, and what the pages say. */
  async function seen(client: Client, { word, ids }: { word: string; ids: string[] }) {
    const { data } = await client.get(`${PATH}?title=${word}&size=200`)
    const alone = await Promise.all(ids.map((id) => client.get(`${PATH}/${id}`)))
    for (const answer of alone) if (answer.status !== 200) expect(answer).toFail(404, 'notice.not_found')
    const pages = await Promise.all(
      [1, 2, 3, 4].map((at) => client.get(`${PATH}?title=${word}&size=1&page=${at}`)),
    )
    return {
      listed: data.items.map((one: { id: string }) => ids.indexOf(one.id)).sort(),
      read: alone.flatMap(({ status }, at) => (status === 200 ? [at] : [])),
      totals: [data.total, ...pages.map((one) => one.data.total)],
      paged: pages.flatMap((one) => one.data.items).length,
    }
  }

  const exactly = (...numbers: number[]) => ({
    listed: numbers,
    read: numbers,
    totals: [0, 1, 2, 3, 4].map(() => numbers.length),
    paged: numbers.length,
  })

  it('those it is shown to, whom it names and the members of its role; nobody else', async () => {
    const role = await buildRole()
    const named = await signIn()
    const member = await clientOf(await buildUser({}, [role.id]))
    const notices = await four(named.user.id, role.id)

    expect(await seen(named, notices)).toEqual(exactly(1, 2))
    expect(await seen(member, notices)).toEqual(exactly(1, 3))
    expect(await seen(await signIn({ can: ['sys:dict:type:edit'] }), notices)).toEqual(exactly(1))
    expect((await member.get(`${PATH}?title=${notices.word}&status=0`)).data.total).toBe(0)
  })

  it.each(['add', 'edit', 'del', 'publish'])('everything: whoever holds sys:notice:%s', async (verb) => {
    const manager = await signIn({ can: [`sys:notice:${verb}`] })
    const [user, role] = [await buildUser(), await buildRole()]

    expect(await seen(manager, await four(user.id, role.id))).toEqual(exactly(0, 1, 2, 3))
  })

  it('everything: super users', async () => {
    const [user, role] = [await buildUser(), await buildRole()]

    expect(await seen(admin, await four(user.id, role.id))).toEqual(exactly(0, 1, 2, 3))
  })
})

describe('who may', () => {
  it('change: whoever has the code of the button', async () => {
    const { id, title } = await newNotice()
    const editor = await signIn({ can: ['sys:notice:edit'] })

    expect(await editor.put(`${PATH}/${id}`, draft(title))).toSucceed()
    expect(await editor.post(`${PATH}/${id}/publish`, {})).toFail(403, 'auth.permission_denied')
    expect(await editor.delete(PATH, { pks: [id] })).toFail(403, 'auth.permission_denied')
    expect(await stranger().get(`${PATH}/me`)).toFail(401, 'auth.not_authenticated')
  })
})
