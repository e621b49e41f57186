import { task, z } from '#core'

/** The names of the schedules are those that operators of the ancestor know. */
export const purgeOperaLogs = task({
  name: 'admin.purge-opera-logs',
  title: 'Delete rows of the operation log that are older than the settings keep them',
  payload: z.object({}),
  unique: true,
  attempts: 3,
  pause: 60,
  cron: '0 0 * * 6',
  schedule: { name: '清理操作日志' },
})

export const purgeLoginLogs = task({
  name: 'admin.purge-login-logs',
  title: 'Delete rows of the log-in log that are older than the settings keep them',
  payload: z.object({}),
  unique: true,
  attempts: 3,
  pause: 60,
  cron: '0 0 15 * *',
  schedule: { name: '清理登录日志' },
})
