import { emailText, enqueue, inTransaction, invalid, nextId, systemCall, z, type Call } from '#core'
import { emailCrud } from '../crud/email'
import { emailAttachmentCrud } from '../crud/email-attachment'
import { sendEmail } from '../task/send-email'
import { liveConfig } from './transport'

export interface NewMail {
  /** Addresses without names, 1 to 50. All of them see each other. */
  recipients: readonly string[]
  /** One line. */
  subject: string
  text: string
  html?: string | null
  attachments?: readonly { name: string; content_type?: string; content: Buffer }[]
  /** A mail that is asked for again under the same key is not sent again. At most 128 characters. */
  key?: string
}

const LONGEST_SUBJECT = 255
const Recipients = z.array(emailText()).min(1).max(50)
const Subject = z
  .string()
  .max(LONGEST_SUBJECT)
  .regex(/^\P{Cc}*$/u)
const Name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}+$/u)
const ContentType = z
  .string()
  .max(128)
  .regex(/^[\w.+-]+\/[\w.+-]+$/)
const BYTES = 'application/octet-stream'

/**
 * Puts a mail into the outbox, from where a task hands it over; together with the transaction of the call, where there
 * is one. It is sent at least once: twice only where a process ends between the server's OK and the commit after it.
 * @returns its id; of the same mail where the key is known already
 * @throws 422 for addresses, a subject or attachments that no mail can have
 */
export async function queueMail(call: Call, mail: NewMail): Promise<string> {
  await check(mail)
  return asSystem(call, (own) => put(own, mail))
}

/** Makes this task, and no other, the one that hands the mail over. */
export async function entrust(call: Call, id: string): Promise<void> {
  const task = await enqueue(call, sendEmail, { email_id: id })
  await emailCrud.updateWhere(call.db, { id }, { task_id: task })
}

async function put(call: Call, mail: NewMail): Promise<string> {
  const known = mail.key === undefined ? null : await emailCrud.byKey(call.db, mail.key)
  if (known) return known.id
  const id = nextId()
  const { subject, text, html = null, key = null, attachments = [] } = mail
  await emailCrud.append(call.db, [{ id, recipients: mail.recipients.join(','), subject, text, html, key }])
  await emailAttachmentCrud.append(
    call.db,
    attachments.map(({ name, content_type = BYTES, content }) => ({
      ...{ email_id: id, name, content_type, size: content.length, content: content.toString('base64') },
    })),
  )
  await entrust(call, id)
  return id
}

/** Not as the user who caused it: mails leave also when he has left meanwhile. */
export async function asSystem<T>(call: Call, work: (own: Call) => Promise<T>): Promise<T> {
  if (call.db.transaction) {
    const own = systemCall(call.db, call.language)
    const result = await work(own)
    call.afterCommit(() => own.committed())
    return result
  }
  const { own, result } = await inTransaction(async (db) => {
    const own = systemCall(db, call.language)
    return { own, result: await work(own) }
  })
  await own.committed()
  return result
}

async function check({ recipients, subject, attachments = [] }: NewMail): Promise<void> {
  if (!Recipients.safeParse(recipients).success) throw invalid('recipients', 'email.recipients_invalid')
  if (!Subject.safeParse(subject).success)
    throw invalid('subject', 'email.subject_invalid', { max: LONGEST_SUBJECT })
  const now = await liveConfig()
  const limits = { count: now.EMAIL_ATTACHMENT_MAX_COUNT, bytes: now.EMAIL_ATTACHMENT_MAX_BYTES }
  const bytes = attachments.reduce((sum, one) => sum + one.content.length, 0)
  const isFine = attachments.every(
    (one) => Name.safeParse(one.name).success && ContentType.safeParse(one.content_type ?? BYTES).success,
  )
  if (attachments.length > limits.count || bytes > limits.bytes || !isFine)
    throw invalid('attachments', 'email.attachments_invalid', limits)
}
