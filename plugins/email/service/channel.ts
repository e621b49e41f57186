import type { Channel } from '#core'
import { htmlOf } from './markdown'
import { queueMail } from './outbox'
import { render } from './template'

/** Words by mail: into the outbox, so whoever sends many does not wait for the mail server. */
export const channel: Channel = {
  name: 'email',
  async send(call, to, words, options = {}) {
    const title = (options.title ?? call.t('email.message_subject')).slice(0, 200)
    const ready: Record<string, string> = options.format === 'markdown' ? { body: await htmlOf(words) } : {}
    const mail = render('message', call.language, { title, body: words }, ready)
    await queueMail(call, { ...mail, recipients: [to], key: options.key })
  },
}
