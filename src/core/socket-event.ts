import type { AppError } from '../common/errors'
import { AppError as KnownError, badRequest, notFound, tooMany } from '../common/errors'
import type { CurrentUser } from '../common/types'
import { t } from '../infra/i18n'
import { logger } from '../infra/logger'
import { mayCall } from '../security/access'
import { under } from './guard'
import type { Module } from './module'
import type { Room, SocketHandler } from './socket'
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
    const { handler } = found
    const { answer, payload } = await run(found, await host.currentUser(socket.data.user.id), args[0])
    if (handler.rooms) change(socket, handler.rooms(payload))
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

async function run(
  { module, handler }: Handling,
  user: CurrentUser,
  sent: unknown,
): Promise<{ answer: unknown; payload: unknown }> {
  // A socket can change things without being a write: asking for the code alone is right.
  mayCall(user, handler.access, 'GET', `socket:${handler.event}`)
  const payload = handler.payload?.safeParse(sent)
  if (payload && !payload.success) throw badRequest('request.invalid')
  const data = payload?.data ?? null
  const place = { module, what: `socket event ${handler.event}`, isBounded: true }
  const work = Promise.resolve(under(place, () => handler.handle(user, data)))
  return { answer: await within(PATIENCE_MS, work), payload: data }
}

/** @throws 429 when the client listens to too much already */
function change(socket: OurSocket, { enter = [], leave = [] }: { enter?: Room[]; leave?: Room[] }): void {
  for (const room of leave) void socket.leave(room)
  if (socket.rooms.size + enter.length > MOST_ROOMS) throw tooMany(WINDOW_MS / 1000)
  void socket.join(enter)
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
