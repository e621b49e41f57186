import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import { buildRole, buildUser, signInAdmin, tokenOf, useApp } from '#testing'
import { currentUser, identify } from '../../src/app/admin'
import { module, readSession, tell, type SocketHandler } from '../../src/core'
import { openSockets, type SocketServer } from '../../src/core/socket-server'
import { removeSessions } from '../../src/security/session-script'
import { until } from '../support/redis'

useApp()

const echo = {
  event: 'echo',
  access: 'signed_in',
  handle: () => Promise.resolve('heard'),
}

const watch: SocketHandler = {
  event: 'watch',
  access: 'things:watch',
  rooms: () => ({ enter: ['queue:things'] }),
  handle: () => Promise.resolve('entered'),
}

const modules = [module({ name: 'things', version: '1.0.0', sockets: [echo, watch] })]

interface Opened {
  http: Server
  sockets: SocketServer
  clients: Socket[]
}

const opened: Opened[] = []
afterEach(async () => {
  for (const { http, sockets, clients } of opened.splice(0)) {
    for (const client of clients) client.disconnect()
    await sockets.stop()
    http.close()
  }
})

/** A server of its own, which asks its sockets anew after so many milliseconds. */
async function serve(renewMs: number): Promise<Opened> {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = await openSockets(http, { modules: () => modules, identify, currentUser }, renewMs)
  const server = { http, sockets, clients: [] }
  opened.push(server)
  return server
}

const NEVER = 3_600_000
const SOON = 50

async function dial({ http, clients }: Opened, token: string): Promise<Socket> {
  const { session_uuid } = await readSession(token)
  const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    ...{ path: '/ws/socket.io', transports: ['websocket'], reconnection: false },
    auth: { token, session_uuid },
  })
  clients.push(client)
  return client
}

/** What comes with the next event of that name. */
const next = (socket: Socket, event: string) =>
  new Promise<unknown>((resolve) => void socket.once(event, resolve))

async function connect(server: Opened, token: string): Promise<Socket> {
  const client = await dial(server, token)
  await next(client, 'connect')
  return client
}

async function member() {
  const role = await buildRole()
  const user = await buildUser({}, [role.id])
  const require = async () => {
    const answer = await (await signInAdmin()).put(`/sys/roles/${role.id}/mfa`, { is_mfa_required: true })
    expect(answer).toSucceed()
  }
  return { user, token: await tokenOf(user), require }
}

describe('who must still set up a second factor', () => {
  it('cannot connect', async () => {
    const { token, require } = await member()
    await require()

    const refused = await next(await dial(await serve(NEVER), token), 'connect_error')

    expect((refused as Error).message).toBe('Connection rejected by server')
  })

  it('is answered nothing on a socket that was open before', async () => {
    const { token, require } = await member()
    const socket = await connect(await serve(NEVER), token)
    await require()
    const answer = Promise.race([next(socket, 'echo'), next(socket, 'refused')])

    socket.emit('echo')

    expect(await answer).toMatchObject({ event: 'echo', code: 403 })
  })

  it('loses such a socket when it is asked anew', async () => {
    const { token, require } = await member()
    const socket = await connect(await serve(SOON), token)
    const gone = next(socket, 'disconnect')

    await require()

    expect(await gone).toBe('io server disconnect')
  })
})

it('what a user may hear of no longer is not told to him any more, once he is asked anew', async () => {
  const role = await buildRole({}, ['things:watch'])
  const user = await buildUser({}, [role.id])
  const socket = await connect(await serve(SOON), await tokenOf(user))
  const entered = next(socket, 'watch')
  socket.emit('watch')
  expect(await entered).toBe('entered')
  const heard: string[] = []
  socket.on('task_queue', ({ queue }: { queue: string }) => void heard.push(queue))
  /** What is said to everybody comes after what was said to watchers, and shows whether he was among these. */
  const hears = async () => {
    heard.length = 0
    tell('queue:things', 'task_queue', { queue: 'watched', counts: {} })
    tell('everybody', 'task_queue', { queue: 'last', counts: {} })
    await until('the last comes', () => Promise.resolve(heard.includes('last')))
    return heard.includes('watched')
  }
  expect(await hears()).toBe(true)

  expect(await (await signInAdmin()).put(`/sys/roles/${role.id}/menus`, { menus: [] })).toSucceed()

  await until('he hears nothing any more', async () => !(await hears()))
})

it('a socket is closed when its session is gone, though nobody said so; another of its user stays', async () => {
  const { user, token } = await member()
  const server = await serve(SOON)
  const [socket, other] = [await connect(server, token), await connect(server, await tokenOf(user))]
  const gone = next(socket, 'disconnect')

  await removeSessions(user.id, 'only', (await readSession(token)).family)

  expect(await gone).toBe('io server disconnect')
  const answer = next(other, 'echo')
  other.emit('echo')
  expect(await answer).toBe('heard')
})
