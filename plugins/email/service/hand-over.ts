import { giveUp, inTransaction, now, reader, type Row, type TaskRun } from '#core'
import { emailCrud } from '../crud/email'
import { emailAttachmentCrud } from '../crud/email-attachment'
import type { Email } from '../model/email'
import { sendEmail } from '../task/send-email'
import { addressesIn, missingOf } from './address'
import { deliver, isRefused, reasonOf, rejectionIn, type Letter, type Rejection } from './deliver'

/**
 * Hands a mail of the outbox over to the server, as a task that is repeated until that has worked for every address.
 * Between the server's OK and the commit of what was reached there is a moment in which the end of the process or of the
 * database makes the mail leave twice, with the same Message-ID; there is none in which it is lost.
 * @throws what went wrong, for the next attempt; GivenUp when the server refuses the mail for good
 */
export async function handOver(id: string, run: TaskRun): Promise<{ state: string }> {
  const mail = await begin(id, run.key)
  if (!mail) return { state: 'not_mine' }
  const { rejection, isTaken } = await tryOnce(mail).catch((error: unknown) => failed(mail.id, run, error))
  const refused = [...addressesIn(mail.refused), ...rejection.refused]
  const sentTime = mail.sent_time ?? (isTaken ? now() : null)
  const left = { missing: rejection.deferred.join(','), refused: refused.join(','), sent_time: sentTime }
  if (left.missing || !sentTime) return failed(mail.id, run, rejection.reason, left)
  const lastError = refused.length > 0 ? `refused: ${refused.join(', ')}`.slice(0, 1000) : null
  await end(mail.id, run.key, { state: 'sent', last_error: lastError, ...left })
  return { state: 'sent' }
}

/** @throws what has nothing to do with single addresses */
async function tryOnce(mail: Row<Email>): Promise<{ rejection: Rejection; isTaken: boolean }> {
  try {
    return { rejection: await deliver(await letterOf(mail)), isTaken: true }
  } catch (error) {
    return { rejection: rejectionIn(error), isTaken: false }
  }
}

/** Keeps the reason, and who is left. @throws the reason */
async function failed(id: string, run: TaskRun, error: unknown, left?: Partial<Row<Email>>): Promise<never> {
  const isOver = isRefused(error) || run.retries + 1 >= (sendEmail.attempts ?? 1)
  await end(id, run.key, { state: isOver ? 'failed' : 'pending', last_error: reasonOf(error), ...left })
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
    recipients: addressesIn(mail.recipients),
    missing: missingOf(mail),
    subject: mail.subject,
    text: mail.text ?? '',
    html: mail.html,
    attachments: files.map(({ name, content_type, content }) => ({
      ...{ name, content_type, content: Buffer.from(content, 'base64') },
    })),
  }
}
