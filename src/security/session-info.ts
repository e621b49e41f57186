import { z } from 'zod'

const Shown = z.object({
  username: z.string(),
  nickname: z.string(),
  /** As it is shown: `YYYY-MM-DD HH:mm:ss`. */
  last_login_time: z.string(),
  ip: z.string(),
  os: z.string().nullable(),
  browser: z.string().nullable(),
  device: z.string().nullable(),
})
const SessionInfo = z.union([z.object({ swagger: z.literal(true) }), Shown])

/** What the session list shows of a session; those of the API page, `swagger`, are not shown. */
export type SessionInfo = z.output<typeof SessionInfo>
export type ShownSession = z.output<typeof Shown>

/** What Redis holds about a session; null when there is nothing, or nothing that can be read. */
export function readSessionInfo(text: string | null | undefined): SessionInfo | null {
  if (!text) return null
  try {
    return SessionInfo.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null // no JSON: written by something else, and the session is shown without details
  }
}
