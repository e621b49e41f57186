import { task, z } from '#core'

export const adoptEmails = task({
  name: 'email.adopt',
  title: 'Look after mails whose tasks have ended without them',
  payload: z.object({}),
  unique: true,
  cron: '*/10 * * * *',
})
