import { giveUp, inTransaction, now, reader, type Row, type TaskRun } from '#core'
import { emailCrud } from '../crud/email'
import { emailAttachmentCrud } from '../crud/email-attachment'
import type { Email } from '../model/email'
import { sendEmail } from '../task/send-email'
import { deliver, isRefused, reasonOf, type Letter } from './deliver'

/**
 * Hands a mail of the outbox over to the server, as a task that is repeated until that has worked. Between the server's
 * OK and the commit of `sent` there is a moment in which the end of the process or of the database makes the mail leave
 * twice, with the same Message-ID; there is none in which it is lost.
 * @throws what went wrong, for the next attempt; GivenUp when the server refuses the mail for good
 */
export async function handOver(id: string, run: TaskRun): Promise<{ state: string }> {
  const mail = await begin(id, run.key)
  if (!mail) return { state: 'not_mine' }
  const refused = await deliver(await letterOf(mail)).catch((error: unknown) => failed(mail.id, run, error))
  const lastError = refused.length > 0 ? `refused: ${refused.join(', ')}`.slice(0, 1000) : null
  await end(mail.id, run.key, { state: 'sent', sent_time: now(), last_error: lastError })
  return { state: 'sent' }
}

/** Keeps the reason. @throws it */
async function failed(id: string, run: TaskRun, error: unknown): Promise<never> {
  const isOver = isRefused(error) || run.retries + 1 >= (sendEmail.attempts ?? 1)
  await end(id, run.key, { state: isOver ? 'failed' : 'pending', last_error: reasonOf(error) })
  throw isRefused(error) ? giveUp(reasonOf(error)) : error
}

/** Counts the attempt. @returns null where the mail was deleted, sent, or entrusted to another task meanwhile */
const begin = (id: string, task: string): Promise<Row<Email> | null> =>
  inTransaction(async (db) => {
    const mail = await emailCrud.lock(db, id)
    if (mail?.state !== 'pending' || mail.task_id !== task) return null
    await emailCrud.update(db, id, { attempts: mail.attempts + 1 })
    return mail
  })

const end = (id: string, task: string, values: Partial<Row<Email>>): Promise<number> =>
  inTransaction((db) => emailCrud.updateWhere(db, { id, task_id: task, state: 'pending' }, values))

async function letterOf(mail: Row<Email>): Promise<Letter> {
  const files = await emailAttachmentCrud.of(reader(), mail.id)
  return {
    id: mail.id,
    recipients: mail.recipients.split(','),
    subject: mail.subject,
    text: mail.text ?? '',
    html: mail.html,
    attachments: files.map(({ name, content_type, content }) => ({
      ...{ name, content_type, content: Buffer.from(content, 'base64') },
    })),
  }
}
