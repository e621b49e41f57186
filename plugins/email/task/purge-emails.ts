import { task, z } from '#core'

export const purgeEmails = task({
  name: 'email.purge',
  title: 'Delete mails that are older than the settings keep them',
  payload: z.object({}),
  unique: true,
  cron: '40 4 * * *',
})
