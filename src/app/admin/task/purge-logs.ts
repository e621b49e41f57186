import { task, z } from '#core'

export const purgeLogs = task({
  name: 'admin.purge-logs',
  title: 'Delete log rows that are older than the settings keep them',
  payload: z.object({}),
  cron: '30 3 * * *',
})
