import { Crud, Op, type Db, type WhereOptions } from '#core'
import { BUTTON, Menu } from '../model/menu'

export { BUTTON, EMBEDDED, EXTERNAL } from '../model/menu'

export interface MenuFilter {
  title?: string
  status?: number
}

class MenuCrud extends Crud<Menu> {
  /** Menus and buttons in the order of the tree. */
  list(db: Db, filter: MenuFilter) {
    const where: WhereOptions[] = []
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.title) where.push(this.contains('title', filter.title))
    return this.find(db, { where: where as WhereOptions<Menu>, order: ['sort', 'id'] })
  }

  /** These menus and buttons in the order of the tree. */
  inOrder(db: Db, ids: string[]) {
    return this.find(db, { where: { id: ids }, order: ['sort', 'id'] })
  }

  /** What the sidebar shows: everything but buttons, of all menus or of those with the given ids. */
  pages(db: Db, ids?: string[]) {
    return this.find(db, {
      where: { type: { [Op.ne]: BUTTON }, ...(ids && { id: ids }) },
      order: ['sort', 'id'],
    })
  }

  /** A menu, not a button, of this title, other than the one with the id `except`. */
  byTitle(db: Db, title: string, except = '0') {
    return this.first(db, { title, type: { [Op.ne]: BUTTON }, id: { [Op.ne]: except } })
  }

  hasChildren(db: Db, id: string) {
    return this.exists(db, { parent_id: id })
  }

  /** Who is below whom, locked: nobody can move a menu until the transaction ends. */
  lockTree(db: Db) {
    return this.find(db, { columns: ['id', 'parent_id'], order: ['id'], lock: true })
  }
}

export const menuCrud = new MenuCrud(Menu)
