import { Crud, type Db } from '#core'
import { EmailAttachment } from '../model/email-attachment'

class EmailAttachmentCrud extends Crud<EmailAttachment> {
  of(db: Db, email: string) {
    return this.find(db, { where: { email_id: email }, order: ['id'] })
  }

  /** Without what is in them. */
  shownOf(db: Db, email: string) {
    const columns = ['id', 'name', 'content_type', 'size'] as ('id' | 'name' | 'content_type' | 'size')[]
    return this.find(db, { where: { email_id: email }, columns, order: ['id'] })
  }

  removeOf(db: Db, emails: readonly string[]) {
    return this.purge(db, { email_id: [...emails] })
  }
}

export const emailAttachmentCrud = new EmailAttachmentCrud(EmailAttachment)
