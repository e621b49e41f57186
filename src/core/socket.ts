import type { z } from 'zod'
import type { CurrentUser } from '../common/types'
import type { Call } from './call'

/** Events that leave to clients; modules add their own by declaration merging. */
export interface ServerEvents {
  task_worker_status: (workers: unknown[]) => void
  task_notification: (message: { msg: string }) => void
  /** A schedule was due: what came of it. `outcome` is dispatched, held, skipped or missed. */
  task_schedule_tick: (tick: {
    schedule_id: string
    due_time: string
    outcome: string
    reason: string | null
    task_id: string | null
  }) => void
  /** The server stops; connect again, perhaps to another process. */
  server_closing: (message: { msg: string }) => void
  /** An incoming event was not accepted. */
  refused: (refusal: { event: string; code: number; msg: string }) => void
}

/** An incoming event, declared like a route. */
export interface SocketHandler {
  event: string
  access: 'signed_in' | 'super_user' | (string & {})
  /** What may come in; without it the handler gets null. */
  payload?: z.ZodType
  /** What it returns is sent back to the asking client under the same event name. */
  handle(user: CurrentUser, payload: unknown): Promise<unknown>
}

/** Who hears an event: a user on all devices, members of a role, one session, everybody, or watchers of something. */
export type Room = `${'user' | 'role' | 'session' | 'task' | 'schedule' | 'queue'}:${string}` | 'everybody'

type Emit = (room: Room, event: string, data: unknown) => void

let emit: Emit | undefined

/** Called by whoever can reach the sockets of all processes. @returns how to take it back */
export function deliverBy(deliver: Emit): () => void {
  emit = deliver
  return () => {
    if (emit === deliver) emit = undefined
  }
}

/** Sends an event once the change behind it is committed, to the sockets of the room on every process. */
export function notify<E extends keyof ServerEvents>(
  call: Call,
  room: Room,
  event: E,
  data: Parameters<ServerEvents[E]>[0],
): void {
  call.afterCommit(() => {
    if (!emit) throw new Error('no sockets are open in this process')
    emit(room, event, data)
  })
}
