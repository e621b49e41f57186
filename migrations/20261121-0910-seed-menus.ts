import type { MigrationContext } from '../src/infra/migrator'

/** id, parent, type, title, name, path, component, permission codes, sort, icon, display, link */
type MenuRow = [string, string | null, number, string, string, ...(string | number | null)[]]

/** The pages and buttons of the web console, with the ids that its other installations know them by. */
// prettier-ignore
const MENUS: MenuRow[] = [
  ['2049629108245233664', null, 0, 'page.dashboard.title', 'Dashboard', '/dashboard', null, null, 0, 'ant-design:dashboard-outlined', 1, ''],
  ['2049629108245233665', '2049629108245233664', 1, 'page.dashboard.analytics', 'Analytics', '/analytics', '/dashboard/analytics/index', null, 0, 'lucide:area-chart', 1, ''],
  ['2049629108245233666', '2049629108245233664', 1, 'page.dashboard.workspace', 'Workspace', '/workspace', '/dashboard/workspace/index', null, 1, 'carbon:workspace', 1, ''],
  ['2049629108245233667', null, 0, 'page.menu.system', 'System', '/system', null, null, 1, 'eos-icons:admin', 1, ''],
  ['2049629108245233668', '2049629108245233667', 1, 'page.menu.sysDept', 'SysDept', '/system/dept', '/system/dept/index', null, 1, 'mingcute:department-line', 1, ''],
  ['2049629108245233669', '2049629108245233668', 2, '新增', 'AddSysDept', null, null, 'sys:dept:add', 0, null, 0, ''],
  ['2049629108245233670', '2049629108245233668', 2, '修改', 'EditSysDept', null, null, 'sys:dept:edit', 0, null, 0, ''],
  ['2049629108245233671', '2049629108245233668', 2, '删除', 'DeleteSysDept', null, null, 'sys:dept:del', 0, null, 0, ''],
  ['2049629108245233672', '2049629108245233667', 1, 'page.menu.sysUser', 'SysUser', '/system/user', '/system/user/index', null, 2, 'ant-design:user-outlined', 1, ''],
  ['2049629108245233673', '2049629108245233672', 2, '删除', 'DeleteSysUser', null, null, 'sys:user:del', 0, null, 0, ''],
  ['2049629108245233674', '2049629108245233667', 1, 'page.menu.sysRole', 'SysRole', '/system/role', '/system/role/index', null, 3, 'carbon:user-role', 1, ''],
  ['2049629108245233675', '2049629108245233674', 2, '新增', 'AddSysRole', null, null, 'sys:role:add', 0, null, 0, ''],
  ['2049629108245233676', '2049629108245233674', 2, '修改', 'EditSysRole', null, null, 'sys:role:edit', 0, null, 0, ''],
  ['2049629108245233677', '2049629108245233674', 2, '修改角色菜单', 'EditSysRoleMenu', null, null, 'sys:role:menu:edit', 0, null, 0, ''],
  ['2049629108245233678', '2049629108245233674', 2, '修改角色数据范围', 'EditSysRoleScope', null, null, 'sys:role:scope:edit', 0, null, 0, ''],
  ['2049629108245233679', '2049629108245233674', 2, '删除', 'DeleteSysRole', null, null, 'sys:role:del', 0, null, 0, ''],
  ['2049629108245233680', '2049629108245233667', 1, 'page.menu.sysMenu', 'SysMenu', '/system/menu', '/system/menu/index', null, 4, 'ant-design:menu-outlined', 1, ''],
  ['2049629108245233681', '2049629108245233680', 2, '新增', 'AddSysMenu', null, null, 'sys:menu:add', 0, null, 0, ''],
  ['2049629108245233682', '2049629108245233680', 2, '修改', 'EditSysMenu', null, null, 'sys:menu:edit', 0, null, 0, ''],
  ['2049629108249427968', '2049629108245233680', 2, '删除', 'DeleteSysMenu', null, null, 'sys:menu:del', 0, null, 0, ''],
  ['2049629108249427969', '2049629108245233667', 0, 'page.menu.sysDataPermission', 'SysDataPermission', '/system/data-permission', null, null, 5, 'icon-park-outline:permissions', 1, ''],
  ['2049629108249427970', '2049629108249427969', 1, 'page.menu.sysDataScope', 'SysDataScope', '/system/data-scope', '/system/data-permission/scope/index', null, 6, 'cuida:scope-outline', 1, ''],
  ['2049629108249427971', '2049629108249427970', 2, '新增', 'AddSysDataScope', null, null, 'data:scope:add', 0, null, 0, ''],
  ['2049629108249427972', '2049629108249427970', 2, '修改', 'EditSysDataScope', null, null, 'data:scope:edit', 0, null, 0, ''],
  ['2049629108249427973', '2049629108249427970', 2, '修改数据范围规则', 'EditDataScopeRule', null, null, 'data:scope:rule:edit', 0, null, 0, ''],
  ['2049629108249427974', '2049629108249427970', 2, '删除', 'DeleteSysDataScope', null, null, 'data:scope:del', 0, null, 0, ''],
  ['2049629108249427975', '2049629108249427969', 1, 'page.menu.sysDataRule', 'SysDataRule', '/system/data-rule', '/system/data-permission/rule/index', null, 7, 'material-symbols:rule', 1, ''],
  ['2049629108249427976', '2049629108249427975', 2, '新增', 'AddSysDataRule', null, null, 'data:rule:add', 0, null, 0, ''],
  ['2049629108249427977', '2049629108249427975', 2, '修改', 'EditSysDataRule', null, null, 'data:rule:edit', 0, null, 0, ''],
  ['2049629108249427978', '2049629108249427975', 2, '删除', 'DeleteSysDataRule', null, null, 'data:rule:del', 0, null, 0, ''],
  ['2049629108249427979', '2049629108245233667', 1, 'page.menu.sysPlugin', 'SysPlugin', '/system/plugin', '/system/plugin/index', null, 8, 'clarity:plugin-line', 1, ''],
  ['2049629108249427980', null, 0, 'page.menu.scheduler', 'Scheduler', '/scheduler', null, null, 2, 'material-symbols:automation', 1, ''],
  ['2049629108249427981', '2049629108249427980', 1, 'page.menu.schedulerManage', 'SchedulerManage', '/scheduler/manage', '/scheduler/manage/index', null, 1, 'ix:scheduler', 1, ''],
  ['2049629108249427982', '2049629108249427980', 1, 'page.menu.schedulerRecord', 'SchedulerRecord', '/scheduler/record', '/scheduler/record/index', null, 2, 'ix:scheduler', 1, ''],
  ['2049629108249427983', null, 0, 'page.menu.log', 'Log', '/log', null, null, 3, 'carbon:cloud-logging', 1, ''],
  ['2049629108249427984', '2049629108249427983', 1, 'page.menu.login', 'LoginLog', '/log/login', '/log/login/index', null, 1, 'mdi:login', 1, ''],
  ['2049629108249427985', '2049629108249427984', 2, '删除', 'DeleteLoginLog', null, null, 'log:login:del', 0, null, 0, ''],
  ['2049629108249427986', '2049629108249427984', 2, '清空', 'EmptyLoginLog', null, null, 'log:login:clear', 0, null, 0, ''],
  ['2049629108249427987', '2049629108249427983', 1, 'page.menu.opera', 'OperaLog', '/log/opera', '/log/opera/index', null, 2, 'carbon:operations-record', 1, ''],
  ['2049629108249427988', '2049629108249427987', 2, '删除', 'DeleteOperaLog', null, null, 'log:opera:del', 0, null, 0, ''],
  ['2049629108253622272', '2049629108249427987', 2, '清空', 'EmptyOperaLog', null, null, 'log:opera:clear', 0, null, 0, ''],
  ['2049629108253622273', null, 0, 'page.menu.monitor', 'Monitor', '/monitor', null, null, 4, 'mdi:monitor-eye', 1, ''],
  ['2049629108253622274', '2049629108253622273', 1, 'page.menu.online', 'Online', '/log/online', '/monitor/online/index', null, 1, 'wpf:online', 1, ''],
  ['2049629108253622276', '2049629108253622273', 1, 'page.menu.redis', 'Redis', '/monitor/redis', '/monitor/redis/index', null, 2, 'devicon:redis', 1, ''],
  ['2049629108253622277', '2049629108253622273', 1, 'page.menu.server', 'Server', '/monitor/server', '/monitor/server/index', null, 3, 'mdi:server-outline', 1, ''],
  ['2049629108253622278', null, 0, '项目', 'Project', '/fba', null, null, 5, 'https://wu-clan.github.io/picx-images-hosting/logo/fba.png', 1, ''],
  ['2049629108253622279', '2049629108253622278', 4, '文档', 'Document', '/fba/document', '/_core/fallback/iframe.vue', null, 1, 'lucide:book-open-text', 1, 'https://fastapi-practices.github.io/fastapi_best_architecture_docs'],
  ['2049629108253622280', '2049629108253622278', 4, 'Github', 'Github', '/fba/github', '/_core/fallback/iframe.vue', null, 2, 'ant-design:github-filled', 1, 'https://github.com/fastapi-practices/fastapi-best-architecture'],
  ['2049629108253622281', '2049629108253622278', 3, 'Apifox', 'Apifox', '/fba/apifox', '/_core/fallback/iframe.vue', null, 3, 'simple-icons:apifox', 1, 'https://apifox.com/apidoc/shared-28a93f02-730b-4f33-bb5e-4dad92058cc0'],
  ['2049629108253622282', null, 1, 'page.menu.profile', 'Profile', '/profile', '/_core/profile/index', null, 6, 'ant-design:profile-outlined', 0, ''],
]

const COLUMNS = [
  'id',
  'parent_id',
  'type',
  'title',
  'name',
  'path',
  'component',
  'perms',
  'sort',
  'icon',
  'display',
  'link',
]
const MADE = new Date('2025-06-26T12:29:06Z')

export async function up({ insert }: MigrationContext): Promise<void> {
  const rows = MENUS.map((menu) => Object.fromEntries(COLUMNS.map((column, at) => [column, menu[at]])))
  await insert(
    'sys_menu',
    rows.map((row) => ({ ...row, status: 1, cache: 1, remark: null, created_time: MADE })),
  )
}

export async function down({ remove }: MigrationContext): Promise<void> {
  await remove('sys_menu', { id: MENUS.map(([id]) => id) })
}
