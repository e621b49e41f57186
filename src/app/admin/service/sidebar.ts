import { isHiddenPage, toTree, type Call, type Row, type Tree } from '#core'
import { roleMenuCrud } from '../crud/links'
import { EMBEDDED, EXTERNAL, menuCrud } from '../crud/menu'
import type { Menu } from '../model/menu'

/** The pages of the signed-in user as the console's router wants them: all for a super user, else those of his roles. */
export async function sidebar(call: Call): Promise<Tree<ReturnType<typeof nodeOf>>[]> {
  const pages = (await pagesOf(call)).filter((menu) => !isHiddenPage(menu.component))
  return toTree(pages.map(nodeOf))
}

async function pagesOf(call: Call): Promise<Row<Menu>[]> {
  const db = call.db.unfiltered
  if (call.me.is_superuser) return menuCrud.pages(db)
  const roles = call.me.roles.map((role) => role.id)
  const menus = await roleMenuCrud.rightOf(db, ...roles)
  return menus.length === 0 ? [] : menuCrud.pages(db, menus)
}

/** Disabled menus stay; the console shows them as forbidden. */
const nodeOf = ({ title, icon, link, cache, display, status, ...menu }: Row<Menu>) => ({
  ...menu,
  meta: {
    title,
    icon,
    iframeSrc: menu.type === EMBEDDED || link === null ? link : '',
    link: menu.type === EXTERNAL || link === null ? link : '',
    keepAlive: cache,
    hideInMenu: display === 0,
    menuVisibleWithForbidden: status === 0,
  },
})
