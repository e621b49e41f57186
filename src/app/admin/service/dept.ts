import {
  conflict,
  forbidden,
  isBelow,
  notFound,
  oneAtATime,
  toTree,
  type Call,
  type Db,
  type Row,
  type Tree,
} from '#core'
import { deptCrud } from '../crud/dept'
import { userCrud } from '../crud/user'
import type { Dept } from '../model/dept'
import type { DeptList, SaveDept } from '../schema/dept'
import { beforeSuperUsers, keepOneSuperUser } from './super-user'

/** Names are unique among departments that are not deleted. No index can say that, so changes take turns. */
const TREE = 'dept'

/** @throws 404 also where the department is out of the caller's sight */
export async function get(call: Call, id: string): Promise<Row<Dept>> {
  const dept = await deptCrud.get(call.db, id)
  if (!dept) throw notFound('dept.not_found')
  return dept
}

/** The departments the caller may see, as a tree; one whose parent is filtered out becomes a root. */
export async function tree(call: Call, filter: DeptList): Promise<Tree<Row<Dept>>[]> {
  return toTree(await deptCrud.list(call.db, filter))
}

export async function create(call: Call, input: SaveDept): Promise<void> {
  await oneAtATime(call.db, TREE)
  await checkName(call.db, input.name)
  if (input.parent_id) await checkParent(call.db, input.parent_id)
  await deptCrud.create(call.db, input)
}

export async function update(call: Call, id: string, input: SaveDept): Promise<void> {
  await beforeSuperUsers(call.db)
  await oneAtATime(call.db, TREE)
  const dept = await deptCrud.lock(call.db, id)
  if (!dept) throw notFound('dept.not_found')
  await checkName(call.db, input.name, id)
  if (input.parent_id && input.parent_id !== dept.parent_id) await checkMove(call.db, id, input.parent_id)
  await deptCrud.update(call.db, id, input)
  if (input.status !== dept.status) await changeAccess(call)
}

/** Marks the department as deleted; its row stays for those that still point to it. */
export async function remove(call: Call, id: string): Promise<void> {
  const dept = await deptCrud.lock(call.db, id)
  if (!dept) throw notFound('dept.not_found')
  if (await userCrud.exists(call.db.unfiltered, { dept_id: id })) throw conflict('dept.has_users')
  if (await deptCrud.hasChildren(call.db.unfiltered, id)) throw conflict('dept.has_children')
  await deptCrud.update(call.db, id, { del_flag: true })
  call.outdates('rights')
}

/** Members of a disabled department are locked out, and let in again with it. */
async function changeAccess(call: Call): Promise<void> {
  await keepOneSuperUser(call.db)
  call.outdates('rights')
}

async function checkName(db: Db, name: string, own?: string): Promise<void> {
  const other = await deptCrud.byName(db.unfiltered, name)
  if (other && other.id !== own) throw conflict('dept.name_taken')
}

/** Locks the parent, so that it cannot be deleted before the child is there. */
async function checkParent(db: Db, id: string): Promise<void> {
  const parent = await deptCrud.lock(db, id)
  if (!parent || parent.del_flag) throw notFound('dept.parent_not_found')
}

async function checkMove(db: Db, id: string, parent: string): Promise<void> {
  await checkParent(db, parent)
  if (isBelow(await deptCrud.lockTree(db.unfiltered), parent, id)) throw forbidden('dept.self_parent')
}
