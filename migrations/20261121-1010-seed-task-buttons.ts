import type { MigrationContext } from '../src/infra/migrator'

const MANAGE = '2049629108249427981'
const RECORD = '2049629108249427982'

/** id, parent, title, name, permission code: what was missing below the two pages, so that roles can be given it */
const BUTTONS = [
  ['2049629108261011456', MANAGE, '新增', 'AddScheduler', 'sys:task:add'],
  ['2049629108261011457', MANAGE, '修改', 'EditScheduler', 'sys:task:edit'],
  ['2049629108261011458', MANAGE, '删除', 'DeleteScheduler', 'sys:task:del'],
  ['2049629108261011459', MANAGE, '执行', 'ExecuteScheduler', 'sys:task:exec'],
  ['2049629108261011460', RECORD, '撤销', 'RevokeTask', 'sys:task:revoke'],
  ['2049629108261011461', RECORD, '删除', 'DeleteTaskResult', 'sys:task:del'],
] as const

/** The pages themselves come with the other menus. */
export async function up({ insert }: MigrationContext): Promise<void> {
  const made = { type: 2, sort: 0, display: 0, status: 1, cache: 1, link: '', created_time: new Date() }
  const rows = BUTTONS.map(([id, parent, title, name, perms]) => ({
    ...{ id, parent_id: parent, title, name, perms, path: null, component: null, icon: null, remark: null },
    ...made,
  }))
  await insert('sys_menu', rows)
}

export async function down({ remove }: MigrationContext): Promise<void> {
  await remove('sys_menu', { id: BUTTONS.map(([id]) => id) })
}
