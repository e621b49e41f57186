import { filter, id, text, timestamp, z } from '#core'

/** Texts that are not known are 未知. */
export const Session = z
  .object({
    /** Of the user. */
    id: id(),
    session_uuid: z.string(),
    username: z.string(),
    nickname: z.string(),
    ip: z.string(),
    os: z.string(),
    browser: z.string(),
    device: z.string(),
    /** 1 while it has an open socket. */
    status: z.int(),
    last_login_time: z.string(),
    expire_time: timestamp(),
  })
  .meta({ id: 'Session' })

export const OwnSession = Session.extend({
  /** Whether it is the one that asks. */
  is_current: z.boolean(),
}).meta({ id: 'OwnSession' })

export const SessionList = z.object({ username: filter(64) })
export type SessionList = z.output<typeof SessionList>

export const sessionName = () => text(64, 1)
