import { addPage, removeMenus, type MigrationContext } from '#core'

const PAGE = {
  id: '2049629108253622287',
  parent: '2049629108245233667',
  title: 'dict.menu',
  name: 'PluginDict',
  path: '/plugins/dict',
  component: '/plugins/dict/views/index',
  icon: 'fluent-mdl2:dictionary',
  sort: 8,
}

const BUTTONS = [
  { id: '2049629108253622288', title: '新增类型', name: 'AddDictType', perms: 'dict:type:add' },
  { id: '2049629108253622289', title: '修改类型', name: 'EditDictType', perms: 'dict:type:edit' },
  { id: '2049629108253622290', title: '删除类型', name: 'DeleteDictType', perms: 'dict:type:del' },
  { id: '2049629108253622291', title: '新增数据', name: 'AddDictData', perms: 'dict:data:add' },
  { id: '2049629108253622292', title: '修改数据', name: 'EditDictData', perms: 'dict:data:edit' },
  { id: '2049629108253622293', title: '删除数据', name: 'DeleteDictData', perms: 'dict:data:del' },
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
