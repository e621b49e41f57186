import { unavailable } from '#core'
import { withMailer } from './transport'

export interface Letter {
  /** Also the first half of its Message-ID, so that a mail that arrives twice is recognised as one. */
  id: string
  recipients: string[]
  subject: string
  text: string
  html: string | null
  attachments?: { name: string; content_type: string; content: Buffer }[]
}

/**
 * Hands a mail over to the server.
 * @returns the addresses that the server refused while it took the mail for others
 * @throws what server or connection said; `isRefused` tells whether it would be said again
 */
export async function deliver(letter: Letter): Promise<string[]> {
  return withMailer(async (mailer, now) => {
    const from = now.EMAIL_FROM || now.EMAIL_USERNAME
    if (!from) throw unavailable('email.no_sender')
    const { rejected } = await mailer.sendMail({
      from,
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
    return rejected ?? []
  })
}

const domainOf = (from: string) => /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'

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
