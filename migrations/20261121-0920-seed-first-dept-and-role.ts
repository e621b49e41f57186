import type { MigrationContext } from '../src/infra/migrator'

const DEPT = '2048601264366944256'
const ROLE = '2048601269345583104'

/** Dashboard, analytics, workspace and profile: what everybody may see. */
const MENUS = ['2049629108245233664', '2049629108245233665', '2049629108245233666', '2049629108253622282']

/** A first department and a first role, so that a person can be added at once. */
export async function up({ insert }: MigrationContext): Promise<void> {
  const made = { name: '测试', status: 1, created_time: new Date() }
  await insert('sys_dept', [{ ...made, id: DEPT, sort: 0, del_flag: false }])
  await insert('sys_role', [{ ...made, id: ROLE, is_filter_scopes: true, is_mfa_required: false }])
  const links = MENUS.map((menu, at) => ({
    id: String(BigInt(ROLE) + BigInt(at + 1)),
    role_id: ROLE,
    menu_id: menu,
  }))
  await insert('sys_role_menu', links)
}

export async function down({ remove }: MigrationContext): Promise<void> {
  await remove('sys_role_menu', { role_id: ROLE })
  await remove('sys_role', { id: ROLE })
  await remove('sys_dept', { id: DEPT })
}
