import { forbidden, oneAtATime, type Db, type Row } from '#core'
import { deptCrud } from '../crud/dept'
import { userRoleCrud } from '../crud/links'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import type { User } from '../model/user'

/**
 * To be called first by a change that calls `keepOneSuperUser` in the end. What such changes lock on the way, users,
 * roles and departments in any order, would make them deadlocks of each other.
 */
export const beforeSuperUsers = (db: Db): Promise<void> => oneAtATime(db, 'super users')

/**
 * Refuses a change after which no super user could sign in any more, since nobody could take it back. Call it after
 * the change, in its transaction: the super users stay locked until the commit, so two such changes cannot pass
 * each other.
 * @throws 403 `user.last_superuser`
 */
export async function keepOneSuperUser(db: Db): Promise<void> {
  const all = db.unfiltered
  const users = await userCrud.lockSuperUsers(all)
  const [closedDepts, withoutRole] = await Promise.all([
    lockedDepts(all, users),
    disabledRoleUsers(all, users),
  ])
  const left = users.filter((user) => !closedDepts.has(user.dept_id ?? '') && !withoutRole.has(user.id))
  if (left.length === 0) throw forbidden('user.last_superuser')
}

/** Departments whose members are locked out. */
async function lockedDepts(db: Db, users: Row<User>[]): Promise<Set<string>> {
  const ids = users.flatMap((user) => user.dept_id ?? [])
  const depts = await deptCrud.getMany(db, ids)
  return new Set(depts.filter((dept) => dept.status === 0 || dept.del_flag).map((dept) => dept.id))
}

/** Users who have roles, all of them disabled: they are locked out as well. */
async function disabledRoleUsers(db: Db, users: Row<User>[]): Promise<Set<string>> {
  const pairs = await userRoleCrud.pairsOf(
    db,
    users.map((user) => user.id),
  )
  const roles = await roleCrud.getMany(
    db,
    pairs.map(([, role]) => role),
  )
  const statusOf = new Map(roles.map((role) => [role.id, role.status]))
  const known = pairs.filter(([, role]) => statusOf.has(role))
  const able = new Set(known.filter(([, role]) => statusOf.get(role) === 1).map(([user]) => user))
  return new Set(known.map(([user]) => user).filter((user) => !able.has(user)))
}
