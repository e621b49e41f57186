import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Server, Socket } from 'socket.io'
import { env } from '../config/env'
import { AppError } from '../common/errors'
import type { CurrentUser } from '../common/types'
import { negotiate, t } from '../infra/i18n'
import { logger } from '../infra/logger'
import { openSocketBus } from '../infra/socket-bus'
import { ONLINE_SECONDS, markOffline, markOnline } from '../security/online'
import { mayCall } from '../security/access'
import { openAmong, readSession } from '../security/session'
import { watchEndedSessions } from '../security/session-end'
import type { Module } from './module'
import { declineUpgrade } from './decline-upgrade'
import { deliverBy, type SocketNews } from './socket'
import { answerEvent, leaveForbidden } from './socket-event'

/** What a connection knows about its user. */
export interface SocketData {
  user: CurrentUser
  family: string
  language: string
}

export type OurSocket = Socket<EventMap, EventMap, EventMap, SocketData>
type EventMap = Record<string, (...data: unknown[]) => void>

export interface SocketHost {
  modules: () => Module[]
  /** @throws 401 or 403 */
  identify(token: string): Promise<CurrentUser>
  /** Somebody who was let in before, with the rights of this moment. @throws when the user may not be here any more */
  currentUser(id: string): Promise<CurrentUser>
}

export interface SocketServer {
  /** Tells clients, and disconnects them. */
  stop(): Promise<void>
}

export const SOCKET_PATH = '/ws/socket.io'
const LONGEST_EVENT = 64 * 1024

/**
 * Opens socket.io on a listening server (contract 7.8). The package is loaded here: other roles do without.
 * @param renewMs after how long each socket is asked anew whether its user may still be here
 */
export async function openSockets(
  http: HttpServer,
  host: SocketHost,
  renewMs = (ONLINE_SECONDS / 3) * 1000,
): Promise<SocketServer> {
  const { Server: SocketIo } = await import('socket.io')
  const bus = openSocketBus()
  const io: Server<EventMap, EventMap, EventMap, SocketData> = new SocketIo(http, {
    path: SOCKET_PATH,
    destroyUpgrade: false,
    adapter: bus.adapter,
    serveClient: false,
    maxHttpBufferSize: LONGEST_EVENT,
    connectTimeout: 10_000,
    cors: { origin: env.CORS_ALLOWED_ORIGINS, credentials: true },
    allowRequest: (request, decide) => decide(null, comesFromAllowedPage(request)),
  })
  http.on('upgrade', (request, socket, head) => {
    if (!request.url?.startsWith(`${SOCKET_PATH}/`)) declineUpgrade(http, request, socket, head)
  })
  // Other namespaces do not exist: socket.io refuses them.
  io.use((socket, next) => {
    admit(socket, host).then(
      () => next(),
      () => next(new Error('Connection rejected by server')),
    )
  })
  io.on('connection', (socket) => welcome(socket, host))
  const unwatch = await closeWhenEnded(io)
  const timer = setInterval(() => void renewAll(io, host), renewMs)
  const undeliver = deliverTo(io)
  return {
    stop: async () => {
      clearInterval(timer)
      undeliver()
      unwatch()
      await tellAndClose(io)
      await bus.close()
    },
  }
}

const closeWhenEnded = (io: Server): Promise<() => void> =>
  watchEndedSessions(({ families }) => {
    for (const family of families) io.local.in(`family:${family}`).disconnectSockets(true)
  })

/** For processes that send events and have no sockets of their own, such as workers. @returns how to stop it */
export async function openSender(): Promise<() => Promise<void>> {
  const { Server: SocketIo } = await import('socket.io')
  const bus = openSocketBus()
  const undeliver = deliverTo(new SocketIo({ adapter: bus.adapter }))
  return async () => {
    undeliver()
    await bus.close()
  }
}

/** Carries many events from one process to the others. */
const TOGETHER = 'together'

function deliverTo(io: Server): () => void {
  io.on(TOGETHER, (all: SocketNews[]) => emitHere(io, all))
  return deliverBy({
    emit: ({ rooms, event, data }) => (rooms === 'everybody' ? io : io.to(rooms)).emit(event, data),
    emitAll: (all) => {
      emitHere(io, all)
      io.serverSideEmit(TOGETHER, all)
    },
  })
}

/** To the sockets of this process, which listen to little of all that happens. */
function emitHere(io: Server, all: SocketNews[]): void {
  const { rooms: present } = io.of('/').adapter
  for (const { rooms, event, data } of all) {
    if (rooms === 'everybody') io.local.emit(event, data)
    else {
      const heard = [rooms].flat().filter((room) => present.has(room))
      if (heard.length > 0) io.local.to(heard).emit(event, data)
    }
  }
}

/** Programs send no origin; pages must be ours or of an allowed origin. */
function comesFromAllowedPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin === undefined || env.CORS_ALLOWED_ORIGINS.includes(origin)) return true
  if (env.PUBLIC_URL !== null && origin === new URL(env.PUBLIC_URL).origin) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/** @throws 403 to whoever may do nothing yet but set up a second factor */
const mayConnect = (user: CurrentUser): void => mayCall(user, { access: 'signed_in' }, 'GET', 'socket')

/** @throws unless the token is good and belongs to the session that is named beside it */
async function admit(socket: OurSocket, host: SocketHost): Promise<void> {
  const { token, session_uuid: named }: Record<string, unknown> = socket.handshake.auth
  if (typeof token !== 'string' || typeof named !== 'string') throw new Error('no token or no session')
  const session = await readSession(token)
  if (session.session_uuid !== named) throw new Error('the token is of another session')
  const user = await host.identify(token)
  mayConnect(user)
  const language = negotiate(socket.handshake.headers['accept-language'])
  Object.assign(socket.data, { user, family: session.family, language } satisfies SocketData)
}

function welcome(socket: OurSocket, host: SocketHost): void {
  const { user, family } = socket.data
  void socket.join([
    `user:${user.id}`,
    `session:${user.session_uuid}`,
    `family:${family}`,
    ...roleRooms(user),
  ])
  socket.onAny((event: string, ...args: unknown[]) => void answerEvent(socket, host, event, args))
  socket.on('disconnect', () => void noted(markOffline(family, socket.id)))
  void noted(markOnline(family, socket.id))
}

const roleRooms = (user: CurrentUser) => user.roles.map((role) => `role:${role.id}`)

/** Who is online is a courtesy: without Redis it is wrong for a while, and nothing else. */
const noted = (work: Promise<void>): Promise<void> =>
  work.catch((err: unknown) => logger.warn('the state of a socket could not be noted', { err }))

async function renewAll(
  io: Server<EventMap, EventMap, EventMap, SocketData>,
  host: SocketHost,
): Promise<void> {
  const sockets = [...io.of('/').sockets.values()]
  await noted(closeEnded(sockets))
  for (const socket of sockets.filter((one) => one.connected)) {
    await noted(markOnline(socket.data.family, socket.id))
    await noted(renew(socket, host))
  }
}

/** The message that a session has ended may be lost, and tokens run out without one. */
async function closeEnded(sockets: OurSocket[]): Promise<void> {
  const goOn = await openAmong(sockets.map(({ data }) => ({ user_id: data.user.id, family: data.family })))
  for (const socket of sockets) if (!goOn.has(socket.data.family)) socket.disconnect(true)
}

/** Roles may have changed, a second factor may be required now, and the user may have been locked. */
async function renew(socket: OurSocket, host: SocketHost): Promise<void> {
  const user = await stillWelcome(socket.data.user.id, host).catch((error: unknown) => {
    if (error instanceof AppError && error.status < 500) socket.disconnect(true)
    throw error
  })
  const rooms = roleRooms(user)
  for (const room of socket.rooms)
    if (room.startsWith('role:') && !rooms.includes(room)) void socket.leave(room)
  void socket.join(rooms)
  // They are put together anew whenever anything about them has changed.
  if (user.rights !== socket.data.user.rights) await leaveForbidden(socket, user)
  socket.data.user = { ...user, session_uuid: socket.data.user.session_uuid }
}

async function stillWelcome(id: string, host: SocketHost): Promise<CurrentUser> {
  const user = await host.currentUser(id)
  mayConnect(user)
  return user
}

async function tellAndClose(io: Server<EventMap, EventMap, EventMap, SocketData>): Promise<void> {
  const sockets = [...io.of('/').sockets.values()]
  for (const socket of sockets) {
    socket.emit('server_closing', { msg: t(socket.data.language, 'server.stopping') })
    socket.disconnect(true)
  }
  await Promise.all(sockets.map((socket) => noted(markOffline(socket.data.family, socket.id))))
  io.engine.close()
}
