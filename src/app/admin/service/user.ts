import {
  conflict,
  endSessionsOf,
  forbidden,
  happens,
  notFound,
  type Call,
  type Db,
  type Page,
  type Row,
} from '#core'
import { deptCrud } from '../crud/dept'
import { userRoleCrud } from '../crud/links'
import { roleCrud } from '../crud/role'
import { userCrud } from '../crud/user'
import type { Role } from '../model/role'
import type { CreateUser, UpdateUser, UserList } from '../schema/user'
import { beforeSuperUsers, keepOneSuperUser } from './super-user'
import { remember } from './user-password'
import { belongingsOf, inFull, withRoles, type UserWithRoles } from './user-parts'

/** One page of users, newest first; menus and scopes of the roles are left empty. */
export async function list(call: Call, query: UserList): Promise<Page<UserWithRoles>> {
  const { items, total } = await userCrud.list(call.db, query, query)
  return { items: await withRoles(call.db, items), total }
}

export async function get(call: Call, id: string): Promise<UserWithRoles> {
  const user = await userCrud.get(call.db, id)
  if (!user) throw notFound('user.not_found')
  return inFull(call.db, user)
}

export async function rolesOf(call: Call, id: string): Promise<Row<Role>[]> {
  const user = await userCrud.get(call.db, id)
  if (!user) throw notFound('user.not_found')
  return (await belongingsOf(call.db, user)).roles
}

/** @param hash of the password, made before the transaction */
export async function create(call: Call, input: CreateUser, hash: string): Promise<UserWithRoles> {
  const { roles, ...values } = input
  await checkUsername(call.db, input.username)
  await checkEmail(call.db, input.email)
  await checkDept(call.db, input.dept_id)
  await checkRoles(call.db, roles)
  const nickname = input.nickname ?? input.username
  const user = await userCrud.create(call.db, { ...values, nickname, password: hash })
  await remember(call.db, user.id, hash)
  await userRoleCrud.replace(call.db, user.id, roles)
  return inFull(call.db, user)
}

/** What is left out keeps its value; the roles are replaced. */
export async function update(call: Call, id: string, input: UpdateUser): Promise<void> {
  const { roles, ...values } = input
  await beforeSuperUsers(call.db)
  const user = await userCrud.lock(call.db, id)
  if (!user) throw notFound('user.not_found')
  await checkUsername(call.db, input.username, id)
  await checkEmail(call.db, input.email, id)
  if (input.dept_id && input.dept_id !== user.dept_id) await checkDept(call.db, input.dept_id)
  await checkRoles(call.db, roles)
  await userCrud.update(call.db, id, values)
  await userRoleCrud.replace(call.db, id, roles)
  if (user.is_superuser) await keepOneSuperUser(call.db)
  call.outdates(`user:${id}`)
}

/** Deletes a user with his roles and ends his sessions; his password history and logs stay. */
export async function remove(call: Call, id: string): Promise<void> {
  await beforeSuperUsers(call.db)
  const user = await userCrud.lock(call.db, id)
  if (!user) throw notFound('user.not_found')
  if (id === call.me.id) throw forbidden('user.delete_self')
  if (user.is_superuser && !call.me.is_superuser) throw forbidden('user.superuser_only')
  await happens(call, 'user.deleting', { user_id: id })
  await userRoleCrud.removeLeft(call.db, [id])
  await userCrud.remove(call.db, [id])
  if (user.is_superuser) await keepOneSuperUser(call.db)
  call.outdates(`user:${id}`)
  await endSessionsOf(id)
}

/** @throws 409 where another user than `own` has the address */
export async function checkEmail(db: Db, email: string | null | undefined, own?: string): Promise<void> {
  const other = email ? await userCrud.byEmail(db.unfiltered, email) : null
  if (other && other.id !== own) throw conflict('user.email_taken')
}

async function checkUsername(db: Db, username: string, own?: string): Promise<void> {
  const other = await userCrud.byUsername(db.unfiltered, username)
  if (other && other.id !== own) throw conflict('user.name_taken')
}

/** Locks the department, so that it cannot be deleted before the user is in it. */
async function checkDept(db: Db, id: string): Promise<void> {
  const dept = await deptCrud.lock(db.unfiltered, id)
  if (!dept || dept.del_flag) throw notFound('dept.not_found')
}

/** Locks the roles, so that none can be deleted before the user has it. */
async function checkRoles(db: Db, ids: string[]): Promise<void> {
  const known = await roleCrud.lockMany(db.unfiltered, ids)
  if (known.length < ids.length) throw notFound('role.not_found')
}
