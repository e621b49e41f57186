import {
  conflict,
  forbidden,
  isBelow,
  notFound,
  nothingChanged,
  oneAtATime,
  toTree,
  type Call,
  type Db,
  type Row,
  type Tree,
} from '#core'
import { roleMenuCrud } from '../crud/links'
import { BUTTON, menuCrud } from '../crud/menu'
import type { Menu } from '../model/menu'
import type { MenuList, SaveMenu } from '../schema/menu'

/** Titles are unique among menus, but not among buttons. No index can say that, so changes take turns. */
const TREE = 'menu'

export async function get(call: Call, id: string): Promise<Row<Menu>> {
  const menu = await menuCrud.get(call.db, id)
  if (!menu) throw notFound('menu.not_found')
  return menu
}

/** Menus and buttons as a tree; one whose parent is filtered out becomes a root. */
export async function tree(call: Call, filter: MenuList): Promise<Tree<Row<Menu>>[]> {
  return toTree(await menuCrud.list(call.db, filter))
}

export async function create(call: Call, input: SaveMenu): Promise<void> {
  await oneAtATime(call.db, TREE)
  await checkTitle(call.db, input)
  if (input.parent_id) await checkParent(call.db, input.parent_id)
  await menuCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveMenu): Promise<void> {
  await oneAtATime(call.db, TREE)
  const menu = await menuCrud.lock(call.db, id)
  if (!menu) throw notFound('menu.not_found')
  await checkTitle(call.db, input, id)
  if (input.parent_id && input.parent_id !== menu.parent_id) await checkMove(call.db, id, input.parent_id)
  await menuCrud.update(call.db, id, input)
  call.outdates('rights')
}

/** Deletes a menu without children and takes it away from every role. */
export async function remove(call: Call, id: string): Promise<void> {
  const menu = await menuCrud.lock(call.db, id)
  if (!menu) throw nothingChanged()
  if (await menuCrud.hasChildren(call.db.unfiltered, id)) throw conflict('menu.has_children')
  await roleMenuCrud.removeRight(call.db, [id])
  await menuCrud.remove(call.db, [id])
  call.outdates('rights')
}

/** Titles are unique among menus; buttons may share theirs. */
async function checkTitle(db: Db, { title, type }: SaveMenu, own?: string): Promise<void> {
  if (type === BUTTON) return
  const other = await menuCrud.byTitle(db.unfiltered, title, own)
  if (other) throw conflict('menu.title_taken')
}

/** Locks the parent, so that it cannot be deleted before the child is there. */
async function checkParent(db: Db, id: string): Promise<void> {
  if (!(await menuCrud.lock(db.unfiltered, id))) throw notFound('menu.parent_not_found')
}

async function checkMove(db: Db, id: string, parent: string): Promise<void> {
  await checkParent(db, parent)
  if (isBelow(await menuCrud.lockTree(db.unfiltered), parent, id)) throw forbidden('menu.self_parent')
}
