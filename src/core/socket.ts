import type { CurrentUser } from '../common/types'

/** Events that leave to clients; modules add their own by declaration merging. */
export interface ServerEvents {
  task_worker_status: (workers: unknown[]) => void
  task_notification: (message: { msg: string }) => void
}

/** An incoming event, declared like a route. */
export interface SocketHandler {
  event: string
  access: 'signed_in' | 'super_user' | (string & {})
  /** What it returns is sent back to the asking client under the same event name. */
  handle(user: CurrentUser, payload: unknown): Promise<unknown>
}
