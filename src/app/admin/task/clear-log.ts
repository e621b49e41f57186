import { id, task, z } from '#core'

/** The names of the two logs, as they stand in their addresses. */
export const LOG_NAMES = ['login', 'opera'] as const

export const clearLog = task({
  name: 'admin.clear-log',
  title: 'Delete the rest of a log that somebody emptied',
  payload: z.object({ log: z.enum(LOG_NAMES), up_to: id() }),
})
