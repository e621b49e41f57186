import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { baseUrl, signIn, useApp } from '#testing'
import { userCrud } from '../../src/app/admin/crud/user'
import {
  beginChange,
  endSessionsOf,
  isOnline,
  module,
  notFound,
  notify,
  readSession,
  systemCall,
  tell,
  z,
  type Room,
  type SocketHandler,
} from '../../src/core'
import { workerName } from '../../src/core/worker-presence'
import { reader } from '../../src/infra/database'
import { freshHome } from '../support/database-server'
import { StewardProcess } from '../support/steward-process'
import { until } from '../support/redis'

const handlers: SocketHandler[] = [
  {
    event: 'echo',
    access: 'signed_in',
    payload: z.object({ word: z.string() }),
    handle: (_user, payload) => Promise.resolve(payload),
  },
  { event: 'secret', access: 'thing:secret', handle: (user) => Promise.resolve({ told: user.username }) },
  { event: 'broken', access: 'signed_in', handle: () => Promise.reject(new Error('a fault')) },
  {
    event: 'watch_slowly',
    access: 'signed_in',
    // What it watches changes after its state was read, and before the answer leaves.
    handle: async () => {
      await told('task:slow', 'changed meanwhile')
      return 'as it was'
    },
    rooms: () => ({ enter: ['task:slow'] }),
  },
  {
    ...{ event: 'watch_secret', access: 'signed_in', payload: z.object({ admits: z.boolean() }) },
    mayEnter: async (_user, payload) => {
      await told('task:secret', 'a secret')
      if (!(payload as { admits: boolean }).admits) throw notFound('request.not_found')
    },
    handle: async () => {
      await told('task:secret', 'for watchers')
      throw notFound('request.not_found')
    },
    rooms: () => ({ enter: ['task:secret'] }),
  },
]

/** Once it has reached whoever is in the room. */
async function told(room: Room, msg: string): Promise<void> {
  const call = systemCall(reader())
  notify(call, room, 'task_notification', { msg })
  await call.committed()
  await pause(100)
}

useApp(module({ name: 'things', version: '1.0.0', sockets: handlers }))

/** What comes with the next event of that name. */
const once = (socket: Socket, event: string) =>
  new Promise<unknown[]>((resolve) => void socket.once(event, (...args: unknown[]) => resolve(args)))

/** What comes with the next events of that name. */
function next(socket: Socket, event: string, count: number): Promise<unknown[]> {
  const heard: unknown[] = []
  return new Promise((resolve) => {
    socket.on(event, (news: unknown) => {
      if (heard.push(news) === count) resolve(heard)
    })
  })
}

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})

type Person = Awaited<ReturnType<typeof signIn>>
const tokenOf = (person: Person) => String(person.headers['Authorization']).replace('Bearer ', '')

/** A client that has not tried to connect yet. */
function client(auth: object, options: object = {}, address = baseUrl()): Socket {
  const socket = io(address, {
    path: '/ws/socket.io',
    transports: ['websocket'],
    reconnection: false,
    auth,
    ...options,
  })
  open.push(socket)
  return socket
}

async function connect(person: Person, options: object = {}): Promise<Socket> {
  const token = tokenOf(person)
  const socket = client({ token, session_uuid: (await readSession(token)).session_uuid }, options)
  await once(socket, 'connect')
  return socket
}

const refusal = async (socket: Socket) => ((await once(socket, 'connect_error'))[0] as Error).message

const ask = async (socket: Socket, event: string, payload: unknown = null) => {
  const answer = Promise.race([once(socket, event), once(socket, 'refused')])
  socket.emit(event, payload)
  return (await answer)[0]
}

describe('the handshake', () => {
  it.each([
    ['nothing', {}],
    ['a broken token', { token: 'x', session_uuid: 'y' }],
    ['the word that opened the ancestor', { token: 'internal', session_uuid: 'internal' }],
    ['values of strange types', { token: { a: 1 }, session_uuid: [] }],
  ])('refuses %s', async (_name, auth) => {
    expect(await refusal(client(auth))).toBe('Connection rejected by server')
  })

  it('refuses a good token beside another session', async () => {
    const [one, other] = [await signIn(), await signIn()]
    const { session_uuid } = await readSession(tokenOf(other))

    expect(await refusal(client({ token: tokenOf(one), session_uuid }))).toBe('Connection rejected by server')
  })

  it('refuses every other namespace', async () => {
    const socket = io(`${baseUrl()}/ws`, {
      path: '/ws/socket.io',
      transports: ['websocket'],
      reconnection: false,
    })
    open.push(socket)

    expect(await refusal(socket)).toBe('Invalid namespace')
  })

  it('refuses pages of other origins', async () => {
    const person = await signIn()
    const socket = client({ token: tokenOf(person) }, { extraHeaders: { Origin: 'https://evil.example' } })

    expect(await refusal(socket)).toBe('websocket error')
  })

  it.each([['http://localhost:5173'], [undefined]])('lets a signed-in user in from %s', async (origin) => {
    const socket = await connect(await signIn(), origin ? { extraHeaders: { Origin: origin } } : {})

    expect(socket.connected).toBe(true)
  })

  it('works by polling too', async () => {
    expect((await connect(await signIn(), { transports: ['polling'] })).connected).toBe(true)
  })
})

describe('an event', () => {
  it('of the scheduler page is answered with the workers there are', async () => {
    const workers = await ask(await connect(await signIn()), 'task_worker_status')

    expect(workers).toContainEqual({ [workerName()]: { ok: 'pong' } })
  })

  it('that a module declares is answered by it', async () => {
    expect(await ask(await connect(await signIn()), 'echo', { word: 'hello' })).toEqual({ word: 'hello' })
  })

  it('needs the code its handler asks for', async () => {
    const holder = await signIn({ can: ['thing:secret'] })

    expect(await ask(await connect(holder), 'secret')).toEqual({ told: holder.user.username })
    expect(await ask(await connect(await signIn()), 'secret')).toMatchObject({ event: 'secret', code: 403 })
  })

  it.each([
    ['echo', 7, 400],
    ['unknown', null, 404],
    ['__proto__', null, 404],
    ['broken', null, 500],
  ])('%s with %j is refused with %i', async (event, payload, code) => {
    const answer = await ask(await connect(await signIn()), event, payload)

    expect(answer).toMatchObject({ event, code })
    expect(JSON.stringify(answer)).not.toContain('a fault')
  })

  it('that is too large ends the connection', async () => {
    const socket = await connect(await signIn())
    const gone = once(socket, 'disconnect')

    socket.emit('echo', { word: 'x'.repeat(100_000) })

    await gone
  })

  it('sent without end ends the connection', async () => {
    const socket = await connect(await signIn())
    const gone = once(socket, 'disconnect')

    for (let sent = 0; sent < 60; sent += 1) socket.emit('echo', { word: 'again' })

    await gone
  })
})

describe('a message', () => {
  it('reaches its user after the commit, and nobody else', async () => {
    const [receiver, other] = [await signIn(), await signIn()]
    const [mine, theirs] = [await connect(receiver), await connect(other)]
    const heard: string[] = []
    theirs.on('task_notification', () => heard.push('other'))
    mine.on('task_notification', ({ msg }: { msg: string }) => heard.push(msg))
    const call = systemCall(reader())

    notify(call, `user:${receiver.user.id}`, 'task_notification', { msg: 'done' })
    await ask(mine, 'task_worker_status')
    expect(heard).toEqual([])
    await call.committed()

    await until('a message', () => heard.length > 0)
    await ask(theirs, 'task_worker_status')
    expect(heard).toEqual(['done'])
  })

  it('reaches the members of a role', async () => {
    const person = await signIn()
    const socket = await connect(person)
    const role = (await person.get(`/sys/users/${person.user.id}/roles`)).data?.[0]?.id
    const call = systemCall(reader())
    const heard = once(socket, 'task_notification')

    notify(call, role ? `role:${role}` : 'everybody', 'task_notification', { msg: 'to all' })
    await call.committed()

    expect(await heard).toEqual([{ msg: 'to all' }])
  })
})

describe('whoever starts to watch something', () => {
  const hears = async (event: string, payload: unknown = null) => {
    const socket = await connect(await signIn())
    const heard: string[] = []
    socket.on('task_notification', ({ msg }: { msg: string }) => heard.push(msg))
    return { answer: await ask(socket, event, payload), heard, socket }
  }

  it('hears what changes while its state is on the way', async () => {
    expect(await hears('watch_slowly')).toMatchObject({ answer: 'as it was', heard: ['changed meanwhile'] })
  })

  it('hears nothing of what must not be seen', async () => {
    expect(await hears('watch_secret', { admits: false })).toMatchObject({ answer: { code: 404 }, heard: [] })
  })

  it('hears no more when its state could not be told', async () => {
    const { answer, heard, socket } = await hears('watch_secret', { admits: true })
    await told('task:secret', 'later')
    await ask(socket, 'echo', { word: 'hello' })

    expect(answer).toMatchObject({ code: 404 })
    expect(heard).toEqual(['for watchers'])
  })
})

describe('a session', () => {
  it('is online while it has a socket', async () => {
    const person = await signIn()
    const { family } = await readSession(tokenOf(person))
    const [first, second] = [await connect(person), await connect(person)]
    await until('to be online', () => isOnline(family))

    first.disconnect()
    await ask(second, 'task_worker_status')
    expect(await isOnline(family)).toBe(true)
    second.disconnect()

    await until('to be offline', async () => !(await isOnline(family)))
  })

  it('that ends takes its sockets along', async () => {
    const person = await signIn()
    const socket = await connect(person)
    const gone = once(socket, 'disconnect')

    await endSessionsOf(person.user.id)

    expect((await gone)[0]).toBe('io server disconnect')
  })
})

it('somebody who was locked is heard no more', async () => {
  const person = await signIn()
  const socket = await connect(person)
  const change = await beginChange([`user:${person.user.id}`])
  await userCrud.update(reader(), person.user.id, { status: 0 })
  await change.done()

  expect(await ask(socket, 'echo', { word: 'hello' })).toMatchObject({ event: 'echo', code: 403 })
})

it('what happens on one process reaches the sockets of another', async () => {
  const other = await StewardProcess.start()
  const person = await signIn()
  const token = tokenOf(person)
  const socket = client({ token, session_uuid: (await readSession(token)).session_uuid }, {}, other.address)
  await once(socket, 'connect')
  const [heard, gone] = [once(socket, 'task_notification'), once(socket, 'disconnect')]
  const call = systemCall(reader())

  notify(call, `user:${person.user.id}`, 'task_notification', { msg: 'from afar' })
  await call.committed()
  expect(await heard).toEqual([{ msg: 'from afar' }])
  const news = next(socket, 'task_notification', 2)
  tell('user:1', 'task_notification', { msg: 'to somebody else' })
  tell(`user:${person.user.id}`, 'task_notification', { msg: 'to one' })
  tell('everybody', 'task_notification', { msg: 'to all' })
  expect(await news).toEqual([{ msg: 'to one' }, { msg: 'to all' }])
  await endSessionsOf(person.user.id)
  expect((await gone)[0]).toBe('io server disconnect')

  await other.stop()
}, 60_000)

it('a server that stops says so to its clients', async () => {
  const home = await StewardProcess.start({ ...(await freshHome()), ADMIN_PASSWORD: 'chosen-by-me-7' })
  const query = new URLSearchParams({ username: 'admin', password: 'chosen-by-me-7' })
  const login = await fetch(`${home.address}/api/v1/auth/login/swagger?${query.toString()}`, {
    method: 'POST',
  })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const { session_uuid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const socket = client({ token, session_uuid }, {}, home.address)
  await once(socket, 'connect')
  const told = once(socket, 'server_closing')

  home.child.kill('SIGTERM')

  expect(await told).toEqual([{ msg: expect.any(String) }])
  expect(await home.ended()).toBe(0)
}, 60_000)
