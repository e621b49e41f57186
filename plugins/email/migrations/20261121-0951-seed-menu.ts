import { addPage, removeMenus, type MigrationContext } from '#core'

const PAGE = {
  id: '2049629108262400000',
  parent: '2049629108245233667',
  title: '邮件发件箱',
  name: 'PluginEmail',
  path: '/plugins/email',
  component: '/plugins/email/views/index',
  icon: 'ic:outline-email',
  sort: 10,
}

const BUTTONS = [
  { id: '2049629108262400001', title: '查看', name: 'ListEmail', perms: 'sys:email:list' },
  { id: '2049629108262400002', title: '重新发送', name: 'ResendEmail', perms: 'sys:email:resend' },
  { id: '2049629108262400003', title: '删除', name: 'DeleteEmail', perms: 'sys:email:del' },
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
