import { inTransaction, now, reader, type Db } from '#core'
import { emailCrud } from '../crud/email'
import { emailAttachmentCrud } from '../crud/email-attachment'
import { liveConfig } from './transport'

const DAY_MS = 86_400_000
const BATCH = 500

/** Deletes mails that are done with and older than EMAIL_RETENTION_DAYS; 0 keeps them. @returns how many */
export async function purgeOld(signal?: AbortSignal): Promise<number> {
  const days = (await liveConfig()).EMAIL_RETENTION_DAYS
  if (days === 0) return 0
  const end = new Date(now().getTime() - days * DAY_MS)
  let removed = 0
  for (;;) {
    const ids = await emailCrud.doneBefore(reader(), end, BATCH)
    if (ids.length === 0) return removed
    removed += await inTransaction((db) => forget(db, ids))
    signal?.throwIfAborted()
  }
}

async function forget(db: Db, ids: string[]): Promise<number> {
  await emailAttachmentCrud.removeOf(db, ids)
  return emailCrud.purge(db, { id: ids })
}
