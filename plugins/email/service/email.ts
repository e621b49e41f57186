import { conflict, notFound, nothingChanged, type Call, type Page, type Row } from '#core'
import { emailCrud } from '../crud/email'
import { emailAttachmentCrud } from '../crud/email-attachment'
import type { Email } from '../model/email'
import { addressesIn, missingOf } from './address'
import type { EmailList } from '../schema/email'
import { asSystem, entrust } from './outbox'

const shown = (mail: Row<Email>) => ({
  ...{ ...mail, recipients: addressesIn(mail.recipients) },
  ...{ missing: missingOf(mail), refused: addressesIn(mail.refused) },
})
type Shown = ReturnType<typeof shown>

export async function list(call: Call, query: EmailList): Promise<Page<Shown>> {
  const { items, total } = await emailCrud.list(call.db, query, query)
  return { items: items.map(shown), total }
}

/** @throws 404 `email.not_found` */
export async function get(call: Call, id: string) {
  const mail = await emailCrud.get(call.db, id)
  if (!mail) throw notFound('email.not_found')
  return { ...shown(mail), attachments: await emailAttachmentCrud.shownOf(call.db, id) }
}

/**
 * Sends a mail as if it were new to those who have not got it, or to all of them where everybody has; the task that
 * waits with it has nothing to do any more.
 * @throws 404 `email.not_found`, 409 `email.hidden` where the body was not kept
 */
export async function resend(call: Call, id: string): Promise<void> {
  const mail = await emailCrud.lock(call.db, id)
  if (!mail) throw notFound('email.not_found')
  if (mail.is_hidden) throw conflict('email.hidden')
  const left = [...missingOf(mail), ...addressesIn(mail.refused)]
  const whom = { missing: left.length > 0 ? left.join(',') : null, refused: null, sent_time: null }
  await emailCrud.update(call.db, id, { state: 'pending', attempts: 0, last_error: null, ...whom })
  await asSystem(call, (own) => entrust(own, id))
}

export async function remove(call: Call, ids: string[]): Promise<void> {
  if ((await emailCrud.remove(call.db, ids)) === 0) throw nothingChanged()
  await emailAttachmentCrud.removeOf(call.db, ids)
}
