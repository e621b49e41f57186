import { Crud, type Db, type PageQuery, type WhereOptions } from '#core'
import { User } from '../model/user'

export interface UserFilter {
  dept?: string | undefined
  username?: string | undefined
  phone?: string | undefined
  status?: number | undefined
}

class UserCrud extends Crud<User> {
  byUsername(db: Db, username: string) {
    return this.first(db, { username })
  }

  byEmail(db: Db, email: string) {
    return this.first(db, { email })
  }

  /** Super users who may sign in as far as their own row says, locked until the transaction ends. */
  lockSuperUsers(db: Db) {
    const where = { is_superuser: true, is_staff: true, status: 1 }
    return this.find(db, { where, order: ['id'], lock: true })
  }

  list(db: Db, query: PageQuery, filter: UserFilter) {
    const where: WhereOptions[] = []
    if (filter.dept !== undefined) where.push({ dept_id: filter.dept })
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.username) where.push(this.contains('username', filter.username))
    if (filter.phone) where.push(this.contains('phone', filter.phone))
    return this.page(db, query, { where: where as WhereOptions<User>, order: [['id', 'DESC']] })
  }
}

export const userCrud = new UserCrud(User)
