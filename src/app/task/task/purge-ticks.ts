import { task, z } from '#core'

export const purgeTicks = task({
  name: 'task.purge-ticks',
  title: 'Delete what came of the due times of schedules, where it is older than the settings keep it',
  payload: z.object({}),
  unique: true,
  cron: '15 4 * * *',
  schedule: { name: '清理调度记录', expire_seconds: 43_200 },
})
