import type { NodemailerError } from 'nodemailer'
import { unavailable } from '#core'
import { withMailer } from './transport'

export interface Letter {
  /** Also the first half of its Message-ID, so that a mail that arrives twice is recognised as one. */
  id: string
  recipients: string[]
  /** Those among them whom it is handed over for; all when left out. */
  missing?: string[]
  subject: string
  text: string
  html: string | null
  attachments?: { name: string; content_type: string; content: Buffer }[]
}

/** Whom the server did not take a mail for. */
export interface Rejection {
  /** For good. */
  refused: string[]
  /** For now: greylisted, over their quota. */
  deferred: string[]
  /** What it said to the first that may be tried again. */
  reason: unknown
}

/**
 * Hands a mail over to the server.
 * @returns whom the server did not take it for while it took it for others
 * @throws what server or connection said; `isRefused` tells whether it would be said again
 */
export async function deliver(letter: Letter): Promise<Rejection> {
  return withMailer(async (mailer, now) => {
    const from = now.EMAIL_FROM || now.EMAIL_USERNAME
    if (!from) throw unavailable('email.no_sender')
    const { rejectedErrors } = await mailer.sendMail({
      from,
      envelope: { from, to: letter.missing ?? letter.recipients },
      to: letter.recipients,
      subject: letter.subject,
      text: letter.text,
      html: letter.html ?? undefined,
      messageId: `<${letter.id}@${domainOf(from)}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: letter.attachments?.map(({ name, content_type, content }) => ({
        ...{ filename: name, contentType: content_type, content },
      })),
    })
    return rejectionOf(rejectedErrors)
  })
}

const domainOf = (from: string) => /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'

function rejectionOf(errors: NodemailerError[] = []): Rejection {
  const addresses = (some: NodemailerError[]) => some.flatMap(({ recipient }) => recipient ?? [])
  const deferred = errors.filter(({ permanent }) => permanent !== true)
  const refused = errors.filter(({ permanent }) => permanent === true)
  return { refused: addresses(refused), deferred: addresses(deferred), reason: deferred[0] }
}

/** What was thrown where the server took a mail for nobody. @throws whatever else it is */
export function rejectionIn(error: unknown): Rejection {
  if (!isOfAll(error)) throw error
  return { ...rejectionOf(error.rejectedErrors), reason: error }
}

const isOfAll = (error: unknown): error is NodemailerError =>
  error instanceof Error && 'rejected' in error && 'rejectedErrors' in error

/** Whether the server refused this very mail, or everybody it is for, for good. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  'permanent' in error &&
  error.permanent === true &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE')

const LONGEST = 1000

/** What went wrong, as the outbox keeps it. */
export function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  return words.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, LONGEST)
}
