import { addPage, removeMenus, type MigrationContext } from '#core'

const PAGE = {
  id: '2049629108257816576',
  parent: '2049629108245233667',
  title: 'notice.menu',
  name: 'PluginNotice',
  path: '/plugins/notice',
  component: '/plugins/notice/views/index',
  icon: 'fe:notice-push',
  sort: 9,
}

const BUTTONS = [
  { id: '2049629108257816577', title: '新增', name: 'AddNotice', perms: 'sys:notice:add' },
  { id: '2049629108257816578', title: '修改', name: 'EditNotice', perms: 'sys:notice:edit' },
  { id: '2049629108257816579', title: '删除', name: 'DeleteNotice', perms: 'sys:notice:del' },
  { id: '2049629108262300000', title: '发布', name: 'PublishNotice', perms: 'sys:notice:publish' },
]

const DEMO = '2112248797756129280'
const CONTENT = `# 欢迎

公告使用 **Markdown** 编写。

\`\`\`sh
npm start
\`\`\`

| 对象 | 收到公告的人 |
| --- | --- |
| everyone | 所有人 |
| roles | 角色的成员 |

- 在线的用户立即看到
- 也可以发送邮件
`

export async function up(ctx: MigrationContext): Promise<void> {
  await addPage(ctx, PAGE, BUTTONS)
  const row = { id: DEMO, title: '欢迎使用', type: 0, status: 1, content: CONTENT, audience: 'everyone' }
  await ctx.insert('sys_notice', [{ ...row, published_time: null, created_time: new Date() }])
}

export async function down(ctx: MigrationContext): Promise<void> {
  await ctx.remove('sys_notice', { id: DEMO })
  await removeMenus(
    ctx,
    [PAGE, ...BUTTONS].map(({ id }) => id),
  )
}
