import type { MigrationContext } from '../infra/migrator'

/** A page of the console. `title` may be a key of the console's own words. */
export interface MenuPage {
  id: string
  /** Id of the page or folder it hangs below, null at the top. */
  parent: string | null
  title: string
  name: string
  path: string
  component: string
  icon: string
  sort: number
}

/** A button below a page: what a role needs to be given to use it. */
export interface MenuButton {
  id: string
  title: string
  name: string
  /** The permission code of the routes behind it. */
  perms: string
}

const PAGE = 1
const BUTTON = 2

/** For migrations: a page with its buttons. Ids are fixed, so that roles keep what they were given across installations. */
export async function addPage(ctx: MigrationContext, page: MenuPage, buttons: MenuButton[]): Promise<void> {
  const { parent, ...rest } = page
  const always = { status: 1, cache: 1, link: '', remark: null, created_time: new Date() }
  await ctx.insert('sys_menu', [
    { ...always, ...rest, parent_id: parent, type: PAGE, perms: null, display: 1 },
  ])
  await addButtons(ctx, page.id, buttons)
}

/** For migrations: buttons below a page that is there. */
export async function addButtons(ctx: MigrationContext, page: string, buttons: MenuButton[]): Promise<void> {
  const always = {
    type: BUTTON,
    sort: 0,
    status: 1,
    display: 0,
    cache: 1,
    link: '',
    created_time: new Date(),
  }
  const empty = { path: null, component: null, icon: null, remark: null }
  await ctx.insert(
    'sys_menu',
    buttons.map((button) => ({ ...always, ...empty, ...button, parent_id: page })),
  )
}

/** For migrations: takes pages and buttons away, also from the roles that had them. */
export async function removeMenus(ctx: MigrationContext, ids: string[]): Promise<void> {
  await ctx.remove('sys_role_menu', { menu_id: ids })
  await ctx.remove('sys_menu', { id: ids })
}
