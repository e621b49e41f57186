import { task, z } from '#core'

export const purgeResults = task({
  name: 'task.purge-results',
  title: 'Delete results of tasks that are older than the settings keep them',
  payload: z.object({}),
  unique: true,
  cron: '0 4 * * *',
  schedule: { name: 'celery.backend_cleanup', expire_seconds: 43_200 },
})
