import { type Call, type Db, type Page, type Row } from '#core'
import { deptCrud } from '../crud/dept'
import { userRoleCrud } from '../crud/links'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import type { Dept } from '../model/dept'
import type { Role } from '../model/role'
import type { User } from '../model/user'
import type { UserList } from '../schema/user'

type RoleWithParts = Row<Role> & { menus: never[]; scopes: never[] }

/** A user with department and roles; menus and scopes of the roles are left empty in lists. */
export type UserWithRoles = Row<User> & { dept: Row<Dept> | null; roles: RoleWithParts[] }

/** One page of users, newest first. */
export async function list(call: Call, query: UserList): Promise<Page<UserWithRoles>> {
  const { items, total } = await userCrud.list(call.db, query, query)
  return { items: await withRoles(call.db, items), total }
}

/** Adds departments and roles to users with three queries, however many users there are. */
export async function withRoles(db: Db, users: Row<User>[]): Promise<UserWithRoles[]> {
  const deptIds = users.map((user) => user.dept_id).filter((id) => id !== null)
  const [depts, pairs] = await Promise.all([
    deptCrud.getMany(db, deptIds),
    userRoleCrud.pairsOf(
      db,
      users.map((user) => user.id),
    ),
  ])
  const roles = new Map(
    (
      await roleCrud.getMany(
        db,
        pairs.map(([, role]) => role),
      )
    ).map((role) => [role.id, role]),
  )
  const deptOf = new Map(depts.map((dept) => [dept.id, dept]))
  const rolesOf = new Map<string, RoleWithParts[]>(users.map((user) => [user.id, []]))
  for (const [user, roleId] of pairs) {
    const role = roles.get(roleId)
    if (role) rolesOf.get(user)?.push({ ...role, menus: [], scopes: [] })
  }
  return users.map((user) => ({
    ...user,
    dept: (user.dept_id !== null && deptOf.get(user.dept_id)) || null,
    roles: rolesOf.get(user.id) ?? [],
  }))
}
