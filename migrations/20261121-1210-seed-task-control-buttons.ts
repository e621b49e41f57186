import { addButtons, removeMenus } from '../src/core/menu-rows'
import type { MigrationContext } from '../src/infra/migrator'

const RECORD = '2049629108249427982'

/** What operators do with tasks beside schedules, below the page of results, so that roles can be given it. */
const BUTTONS = [
  { id: '2049629108261020001', title: '重试', name: 'RetryTask', perms: 'sys:task:retry' },
  { id: '2049629108261020002', title: '监控', name: 'MonitorTask', perms: 'sys:task:monitor' },
  { id: '2049629108261020003', title: '管理队列', name: 'ManageTaskQueue', perms: 'sys:task:queue' },
]

export async function up(ctx: MigrationContext): Promise<void> {
  await addButtons(ctx, RECORD, BUTTONS)
}

export async function down(ctx: MigrationContext): Promise<void> {
  await removeMenus(
    ctx,
    BUTTONS.map(({ id }) => id),
  )
}
