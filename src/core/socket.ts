import type { z } from 'zod'
import type { CurrentUser } from '../common/types'
import type { Call } from './call'

/** Events that leave to clients; modules add their own by declaration merging. */
export interface ServerEvents {
  task_worker_status: (workers: unknown[]) => void
  task_notification: (message: { msg: string }) => void
  /** Schedules were due: what came of it, of one that is watched and perhaps of others that were due with it. */
  task_schedule_ticks: (news: { ticks: ScheduleTick[] }) => void
  /** A task that is watched has changed its state. */
  task_state: (news: { task_id: string; name: string; status: string }) => void
  /** What a task that is watched has told since the last time. */
  task_progress: (news: { task_id: string; progress: number | null; lines: string[] }) => void
  /** How often something happened to tasks of a queue that is watched, within about a second and in one process. */
  task_queue: (news: { queue: string; counts: Record<string, number> }) => void
  /** Background work is not well, or is again. */
  task_alert: (alert: { kind: string; subject: string; amount: number; raised: boolean }) => void
  /** The server stops; connect again, perhaps to another process. */
  server_closing: (message: { msg: string }) => void
  /** An incoming event was not accepted. */
  refused: (refusal: { event: string; code: number; msg: string }) => void
}

/** One due time of a schedule; `outcome` is dispatched, held, skipped or missed. */
export interface ScheduleTick {
  schedule_id: string
  due_time: string
  outcome: string
  reason: string | null
  task_id: string | null
}

/** An incoming event, declared like a route. */
export interface SocketHandler {
  event: string
  access: 'signed_in' | 'super_user' | (string & {})
  /** What may come in; without it the handler gets null. */
  payload?: z.ZodType
  /** Whether this user may hear of this one thing, where `access` does not say all. @throws what is refused */
  mayEnter?(user: CurrentUser, payload: unknown): Promise<void>
  /** What the asking client hears of, or no more, from before `handle` begins; not when that refuses. */
  rooms?(payload: unknown): RoomChange
  /** What it returns is sent back to the asking client under the same event name. */
  handle(user: CurrentUser, payload: unknown): Promise<unknown>
}

export interface RoomChange {
  enter?: Room[]
  leave?: Room[]
}

/** Who hears an event: a user on all devices, members of a role, one session, everybody, or watchers of something. */
export type Room =
  `${'user' | 'role' | 'session' | 'task' | 'schedule' | 'queue' | 'alert'}:${string}` | 'everybody'

export interface SocketNews {
  rooms: Room | Room[]
  event: string
  data: unknown
}

/** Reaches the sockets of all processes. */
export interface Delivery {
  emit(one: SocketNews): void
  /** All of them in one message to the other processes. */
  emitAll(all: SocketNews[]): void
}

/** News that pages can do without wait this long for others to share their message; nobody sees the difference. */
const TOGETHER_MS = 20
const MOST_TOGETHER = 1000

let delivery: Delivery | undefined
let waiting: SocketNews[] = []
let leaving: NodeJS.Timeout | undefined

/** Called by whoever can reach the sockets of all processes. @returns how to take it back */
export function deliverBy(reach: Delivery): () => void {
  delivery = reach
  return () => {
    if (delivery !== reach) return
    tellWaiting()
    delivery = undefined
  }
}

function tellWaiting(): void {
  clearTimeout(leaving)
  leaving = undefined
  if (waiting.length > 0) delivery?.emitAll(waiting)
  waiting = []
}

/** Sends an event once the change behind it is committed, to the sockets of the rooms on every process. */
export function notify<E extends keyof ServerEvents>(
  call: Call,
  rooms: Room | Room[],
  event: E,
  data: Parameters<ServerEvents[E]>[0],
): void {
  call.afterCommit(() => {
    if (!delivery) throw new Error('no sockets are open in this process')
    delivery.emit({ rooms, event, data })
  })
}

/**
 * Sends an event of something that is committed already, together with others of the same moment: thousands of tasks may
 * change in a second. Pages can do without: where no sockets are open in this process, nothing is sent.
 */
export function tell<E extends keyof ServerEvents>(
  rooms: Room | Room[],
  event: E,
  data: Parameters<ServerEvents[E]>[0],
): void {
  if (!delivery) return
  waiting.push({ rooms, event, data })
  if (waiting.length >= MOST_TOGETHER) tellWaiting()
  else leaving ??= setTimeout(tellWaiting, TOGETHER_MS).unref()
}
