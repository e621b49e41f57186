import type { Db, Row } from '#core'
import { deptCrud } from '../crud/dept'
import { userRoleCrud } from '../crud/links'
import { roleCrud } from '../crud/role'
import type { Dept } from '../model/dept'
import type { Role } from '../model/role'
import type { User } from '../model/user'
import { grouped, withParts, type RoleWithParts } from './role-parts'

export type UserWithRoles = Row<User> & { dept: Row<Dept> | null; roles: RoleWithParts[] }

/**
 * Adds departments and roles to users, with as many queries for a page as for one user. They belong to the user, so
 * data rules of the caller do not hide them.
 */
export async function withRoles(db: Db, users: Row<User>[]): Promise<UserWithRoles[]> {
  // Each role once for the page: users share most of them.
  const bare = (role: Row<Role>): RoleWithParts => ({ ...role, menus: [], scopes: [] })
  const { deptOf, rolesOf } = await partsOf(db.unfiltered, users, bare)
  return users.map((user) => ({ ...user, dept: deptOf(user), roles: rolesOf(user) }))
}

/** As `withRoles`, and the roles with their menus, data scopes and rules. */
export async function inFull(db: Db, user: Row<User>): Promise<UserWithRoles> {
  const { deptOf, rolesOf } = await partsOf(db.unfiltered, [user], asItIs)
  return {
    ...user,
    dept: deptOf(user),
    roles: await withParts(db.unfiltered, rolesOf(user), { rules: true }),
  }
}

/** Department and roles of one user; disabled ones as well. */
export async function belongingsOf(db: Db, user: Row<User>) {
  const { deptOf, rolesOf } = await partsOf(db.unfiltered, [user], asItIs)
  return { dept: deptOf(user), roles: rolesOf(user) }
}

const asItIs = (role: Row<Role>): Row<Role> => role

async function partsOf<R extends Row<Role>>(db: Db, users: Row<User>[], shape: (role: Row<Role>) => R) {
  const [depts, pairs] = await Promise.all([
    deptCrud.getMany(
      db,
      users.flatMap((user) => user.dept_id ?? []),
    ),
    userRoleCrud.pairsOf(
      db,
      users.map((user) => user.id),
    ),
  ])
  const found = await roleCrud.getMany(db, [...new Set(pairs.map(([, id]) => id))])
  const roles = grouped(pairs, found.map(shape))
  const known = new Map(depts.map((dept) => [dept.id, dept]))
  return {
    deptOf: ({ dept_id }: Row<User>) => (dept_id === null ? null : (known.get(dept_id) ?? null)),
    rolesOf: ({ id }: Row<User>) => roles.get(id) ?? [],
  }
}
