import { addButtons, removeMenus } from '../src/core/menu-rows'
import type { MigrationContext } from '../src/infra/migrator'

const MANAGE = '2049629108249427981'
const RECORD = '2049629108249427982'

/** What was missing below the page of schedules, so that roles can be given it. */
const OF_SCHEDULES = [
  { id: '2049629108261011456', title: '新增', name: 'AddScheduler', perms: 'sys:task:add' },
  { id: '2049629108261011457', title: '修改', name: 'EditScheduler', perms: 'sys:task:edit' },
  { id: '2049629108261011458', title: '删除', name: 'DeleteScheduler', perms: 'sys:task:del' },
  { id: '2049629108261011459', title: '执行', name: 'ExecuteScheduler', perms: 'sys:task:exec' },
]

/** The same below the page of results. */
const OF_RESULTS = [
  { id: '2049629108261011460', title: '撤销', name: 'RevokeTask', perms: 'sys:task:revoke' },
  { id: '2049629108261011461', title: '删除', name: 'DeleteTaskResult', perms: 'sys:task:del' },
]

/** The pages themselves come with the other menus. */
export async function up(ctx: MigrationContext): Promise<void> {
  await addButtons(ctx, MANAGE, OF_SCHEDULES)
  await addButtons(ctx, RECORD, OF_RESULTS)
}

export async function down(ctx: MigrationContext): Promise<void> {
  await removeMenus(
    ctx,
    [...OF_SCHEDULES, ...OF_RESULTS].map(({ id }) => id),
  )
}
