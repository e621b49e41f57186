import { presetSetting } from '../../config/environment'
import type { RoleOptions } from '../command/role'
import { misused } from '../outcome'

/** Runs one role in the foreground until it is told to stop. */
export async function startRole(role: 'web' | 'worker' | 'scheduler', options: RoleOptions): Promise<void> {
  const { logLevel, concurrency, queues, port } = options
  presetSetting('ROLES', JSON.stringify([role]))
  if (logLevel !== undefined) presetSetting('LOG_STD_LEVEL', logLevel.toUpperCase())
  if (concurrency !== undefined) presetSetting('TASK_CONCURRENCY', String(concurrency))
  if (queues !== undefined) presetSetting('TASK_QUEUES', JSON.stringify(namesIn(queues)))
  if (port !== undefined) presetSetting('PORT', String(port))
  const { runServer } = await import('../../run-server.js')
  await runServer()
}

function namesIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw misused('--queues takes names with commas between, such as celery,reports.')
  return names
}
