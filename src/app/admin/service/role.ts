import {
  conflict,
  notFound,
  nothingChanged,
  toTree,
  type Call,
  type Db,
  type Page,
  type Row,
  type Tree,
} from '#core'
import { casbinRuleCrud } from '../crud/casbin-rule'
import { dataScopeCrud } from '../crud/data-scope'
import { roleDataScopeCrud, roleMenuCrud, userRoleCrud } from '../crud/links'
import { menuCrud } from '../crud/menu'
import { roleCrud } from '../crud/role'
import type { Menu } from '../model/menu'
import type { Role } from '../model/role'
import type { RoleList, SaveRole } from '../schema/role'
import { withParts, type RoleWithParts } from './role-parts'
import { beforeSuperUsers, keepOneSuperUser } from './super-user'

export const all = (call: Call): Promise<Row<Role>[]> => roleCrud.all(call.db)

export const list = (call: Call, query: RoleList): Promise<Page<Row<Role>>> =>
  roleCrud.list(call.db, query, query)

/** With menus and data scopes; the rules of the scopes are left out. */
export async function get(call: Call, id: string): Promise<RoleWithParts> {
  const role = await mustExist(call.db, id)
  const [full] = await withParts(call.db.unfiltered, [role], { rules: false })
  return full ?? { ...role, menus: [], scopes: [] }
}

/** The menus and buttons of a role; one whose parent the role does not have becomes a root. */
export async function menus(call: Call, id: string): Promise<Tree<Row<Menu>>[]> {
  await mustExist(call.db, id)
  return toTree(await menuCrud.inOrder(call.db.unfiltered, await roleMenuCrud.rightOf(call.db, id)))
}

/** Ids of the data scopes of a role. */
export async function scopes(call: Call, id: string): Promise<string[]> {
  await mustExist(call.db, id)
  return roleDataScopeCrud.rightOf(call.db, id)
}

export async function create(call: Call, input: SaveRole): Promise<void> {
  await checkName(call.db, input.name)
  await roleCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveRole): Promise<void> {
  await beforeSuperUsers(call.db)
  const role = await mustExist(call.db, id)
  await checkName(call.db, input.name, id)
  await roleCrud.update(call.db, id, input)
  if (input.status !== role.status) await keepOneSuperUser(call.db)
  call.outdates('rights')
}

/** @param menuIds become exactly the menus of the role */
export async function setMenus(call: Call, id: string, menuIds: string[]): Promise<void> {
  await mustLock(call.db, id)
  const known = await menuCrud.lockMany(call.db.unfiltered, menuIds)
  if (known.length < menuIds.length) throw notFound('menu.not_found')
  await roleMenuCrud.replace(call.db, id, menuIds)
  call.outdates('rights')
}

/** @param scopeIds become exactly the data scopes of the role */
export async function setScopes(call: Call, id: string, scopeIds: string[]): Promise<void> {
  await mustLock(call.db, id)
  const known = await dataScopeCrud.lockMany(call.db.unfiltered, scopeIds)
  if (known.length < scopeIds.length) throw notFound('data_scope.not_found')
  await roleDataScopeCrud.replace(call.db, id, scopeIds)
  call.outdates('rights')
}

/** Deletes roles with everything that is tied to them; unknown ids are passed over. */
export async function remove(call: Call, ids: string[]): Promise<void> {
  await beforeSuperUsers(call.db)
  const known = (await roleCrud.lockMany(call.db, ids)).map((role) => role.id)
  if (known.length === 0) throw nothingChanged()
  await userRoleCrud.removeRight(call.db, known)
  await roleMenuCrud.removeLeft(call.db, known)
  await roleDataScopeCrud.removeLeft(call.db, known)
  await casbinRuleCrud.removeOfRoles(call.db, known)
  await roleCrud.remove(call.db, known)
  await keepOneSuperUser(call.db)
  call.outdates('rights')
}

async function mustExist(db: Db, id: string): Promise<Row<Role>> {
  const role = await roleCrud.get(db, id)
  if (!role) throw notFound('role.not_found')
  return role
}

async function mustLock(db: Db, id: string): Promise<Row<Role>> {
  const role = await roleCrud.lock(db, id)
  if (!role) throw notFound('role.not_found')
  return role
}

async function checkName(db: Db, name: string, own?: string): Promise<void> {
  const other = await roleCrud.byName(db.unfiltered, name)
  if (other && other.id !== own) throw conflict('role.name_taken')
}
