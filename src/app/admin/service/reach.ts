import { Op, type Db } from '#core'
import { userRoleCrud } from '../crud/links'
import { userCrud } from '../crud/user'

/** Whom something is for: everybody, or the users or members of the roles with these ids. */
export interface Audience {
  kind: 'everyone' | 'users' | 'roles'
  ids: readonly string[]
}

/** Somebody who can sign in. */
export interface Reachable {
  id: string
  email: string | null
}

/**
 * The enabled users of an audience in the order of their ids, a part at a time.
 * @param after the last id of the part before, `0` for the first
 */
export async function reachable(db: Db, to: Audience, after: string, limit: number): Promise<Reachable[]> {
  const range = { [Op.gt]: after }
  const wanted = to.kind === 'roles' ? await userRoleCrud.leftOf(db, ...to.ids) : to.ids
  const id = to.kind === 'everyone' ? range : { [Op.and]: [range, { [Op.in]: [...wanted] }] }
  const columns = ['id', 'email'] as ('id' | 'email')[]
  const found = await userCrud.find(db, { where: { id, status: 1 }, columns, order: ['id'], limit })
  return found.map((user) => ({ id: user.id, email: user.email }))
}
