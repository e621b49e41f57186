import { addPage, removeMenus, type MigrationContext } from '#core'

const PAGE = {
  id: '2049629108253622283',
  parent: '2049629108245233667',
  title: 'config.menu',
  name: 'PluginConfig',
  path: '/plugins/config',
  component: '/plugins/config/views/index',
  icon: 'codicon:symbol-parameter',
  sort: 7,
}

const BUTTONS = [
  { id: '2049629108253622284', title: '新增', name: 'AddConfig', perms: 'sys:config:add' },
  { id: '2049629108253622285', title: '修改', name: 'EditConfig', perms: 'sys:config:edit' },
  { id: '2049629108253622286', title: '删除', name: 'DeleteConfig', perms: 'sys:config:del' },
  // What the pages save with; without it only super users could.
  { id: '2049629108262200000', title: '批量修改', name: 'EditConfigs', perms: 'sys.config.edits' },
]

export async function up(ctx: MigrationContext): Promise<void> {
  await addPage(ctx, PAGE, BUTTONS)
}

export async function down(ctx: MigrationContext): Promise<void> {
  await removeMenus(
    ctx,
    [PAGE, ...BUTTONS].map(({ id }) => id),
  )
}
