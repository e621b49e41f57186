import type { AppError } from '../common/errors'
import { AppError as KnownError, badRequest, notFound, tooMany } from '../common/errors'
import type { CurrentUser } from '../common/types'
import { t } from '../infra/i18n'
import { logger } from '../infra/logger'
import { mayCall } from '../security/access'
import { under } from './guard'
import type { Module } from './module'
import type { Room, RoomChange, SocketHandler } from './socket'
import type { OurSocket, SocketHost } from './socket-server'

/** Events one connection may send within the window; who sends more is cut off. */
const EVENTS = 50
const WINDOW_MS = 10_000
const PATIENCE_MS = 10_000
/** What one connection may listen to. */
const MOST_ROOMS = 300

/** Until workers report themselves, there are none. */
const workerStatus: SocketHandler = {
  event: 'task_worker_status',
  access: 'signed_in',
  handle: () => Promise.resolve([]),
}

/** Runs the declared handler of an incoming event; its answer goes back under the same name, and to the callback. */
export async function answerEvent(
  socket: OurSocket,
  host: SocketHost,
  event: string,
  args: unknown[],
): Promise<void> {
  if (isTooFast(socket)) {
    refuse(socket, event, tooMany(WINDOW_MS / 1000))
    socket.disconnect(true)
    return
  }
  const acknowledge = args.find((arg) => typeof arg === 'function')
  try {
    const found = handlerOf(host.modules(), event)
    const asked = await admit(found, await host.currentUser(socket.data.user.id), args[0])
    const answer = await answerIn(socket, asked)
    socket.emit(event, answer)
    if (acknowledge) Reflect.apply(acknowledge, undefined, [answer])
  } catch (error) {
    refuse(socket, event, error)
  }
}

interface Handling {
  module: string
  handler: SocketHandler
}

function handlerOf(modules: Module[], event: string): Handling {
  for (const { name: module, sockets = [] } of modules) {
    const handler = sockets.find((one) => one.event === event)
    if (handler) return { module, handler }
  }
  if (event === workerStatus.event) return { module: 'task', handler: workerStatus }
  throw notFound('request.not_found')
}

/** An event whose sender may send it. */
interface Asked extends Handling {
  user: CurrentUser
  payload: unknown
}

async function admit(handling: Handling, user: CurrentUser, sent: unknown): Promise<Asked> {
  const { handler } = handling
  mayUse(user, handler)
  const parsed = handler.payload?.safeParse(sent)
  if (parsed && !parsed.success) throw badRequest('request.invalid')
  const asked = { ...handling, user, payload: parsed?.data ?? null }
  await mayEnter(asked)
  return asked
}

/** A socket can change things without being a write: asking for the code alone is right. */
const mayUse = (user: CurrentUser, handler: SocketHandler) =>
  mayCall(user, handler, 'GET', `socket:${handler.event}`)

const mayEnter = (asked: Asked): Promise<void> =>
  guarded(asked, async () => asked.handler.mayEnter?.(asked.user, asked.payload))

/** What is watched may change while its state is read: whoever listens before that misses nothing. */
async function answerIn(socket: OurSocket, asked: Asked): Promise<unknown> {
  const { handler, user, payload } = asked
  const entered = handler.rooms ? change(socket, asked, handler.rooms(payload)) : []
  try {
    return await guarded(asked, () => handler.handle(user, payload))
  } catch (error) {
    for (const room of entered) leaveRoom(socket, room)
    throw error
  }
}

/** By which event each socket has entered its rooms, and what came with it. */
const entries = new WeakMap<OurSocket, Map<Room, Asked>>()

/** Takes a socket out of the rooms that its user, whose rights have changed, may not enter any more. */
export async function leaveForbidden(socket: OurSocket, user: CurrentUser): Promise<void> {
  for (const [room, entry] of entries.get(socket) ?? [])
    if (!(await mayStay(user, entry))) leaveRoom(socket, room)
}

async function mayStay(user: CurrentUser, entry: Asked): Promise<boolean> {
  try {
    mayUse(user, entry.handler)
    await mayEnter({ ...entry, user })
    return true
  } catch (error) {
    if (error instanceof KnownError && error.status < 500) return false
    throw error
  }
}

function leaveRoom(socket: OurSocket, room: Room): void {
  entries.get(socket)?.delete(room)
  void socket.leave(room)
}

function guarded<T>({ module, handler }: Handling, work: () => Promise<T>): Promise<T> {
  const place = { module, what: `socket event ${handler.event}`, isBounded: true }
  return within(PATIENCE_MS, Promise.resolve(under(place, work)))
}

/** @returns the rooms that are new to it. @throws 429 when the client listens to too much already */
function change(socket: OurSocket, asked: Asked, { enter = [], leave = [] }: RoomChange): Room[] {
  for (const room of leave) leaveRoom(socket, room)
  if (socket.rooms.size + enter.length > MOST_ROOMS) throw tooMany(WINDOW_MS / 1000)
  const entered = enter.filter((room) => !socket.rooms.has(room))
  void socket.join(entered)
  const known = entries.get(socket) ?? new Map<Room, Asked>()
  entries.set(socket, known)
  for (const room of entered) known.set(room, asked)
  return entered
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new KnownError('request.timeout', { status: 408 })), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function refuse(socket: OurSocket, event: string, error: unknown): void {
  const known: AppError =
    error instanceof KnownError ? error : new KnownError('server.error', { status: 500, cause: error })
  if (known.status >= 500)
    logger.error('a socket event failed', { err: known.cause ?? known, event: event.slice(0, 100) })
  const msg = t(socket.data.language, known.key, known.params)
  socket.emit('refused', { event: event.slice(0, 100), code: known.code, msg })
}

const windows = new WeakMap<OurSocket, { began: number; events: number }>()

function isTooFast(socket: OurSocket): boolean {
  const now = performance.now()
  const last = windows.get(socket)
  const window = last && now - last.began < WINDOW_MS ? last : { began: now, events: 0 }
  window.events += 1
  windows.set(socket, window)
  return window.events > EVENTS
}
