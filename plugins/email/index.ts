import { channels, dashboardCards, declareLive, module, runs } from '#core'
import { emailRoutes } from './api/email'
import { settings } from './config'
import { Email } from './model/email'
import { EmailAttachment } from './model/email-attachment'
import { outboxCard } from './service/card'
import { channel } from './service/channel'
import { handOver } from './service/hand-over'
import { adopt } from './service/orphan'
import { purgeOld } from './service/retention'
import { closeTransport } from './service/transport'
import { adoptEmails } from './task/adopt-emails'
import { purgeEmails } from './task/purge-emails'
import { sendEmail } from './task/send-email'

export { queueMail, type NewMail } from './service/outbox'

/** Mails: an outbox that tasks hand over to an SMTP server, and the codes that prove an address. */
export default module({
  name: 'email',
  routes: emailRoutes,
  models: [Email, EmailAttachment],
  tasks: [
    runs(sendEmail, (_call, payload, run) => handOver(payload.email_id, run)),
    runs(adoptEmails, (_call, _payload, { signal }) => adopt(signal)),
    runs(purgeEmails, async (_call, _payload, { signal }) => ({ deleted: await purgeOld(signal) })),
  ],
  extensions: [channels.filledBy(channel), dashboardCards.filledBy(outboxCard)],
  settings,
  start: () => {
    const undo = [declareLive(settings.settings), closeTransport]
    return Promise.resolve(() => Promise.resolve(undo.forEach((step) => step())))
  },
})
