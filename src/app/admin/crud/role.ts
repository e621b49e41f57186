import { Crud, type Db, type PageQuery, type WhereOptions } from '#core'
import { Role } from '../model/role'

export interface RoleFilter {
  name?: string
  status?: number
}

class RoleCrud extends Crud<Role> {
  byName(db: Db, name: string) {
    return this.first(db, { name })
  }

  async firstEnabled(db: Db) {
    const [role] = await this.find(db, { where: { status: 1 }, order: ['id'], limit: 1 })
    return role ?? null
  }

  all(db: Db) {
    return this.find(db, { order: ['id'] })
  }

  list(db: Db, query: PageQuery, filter: RoleFilter) {
    const where: WhereOptions[] = []
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.name) where.push(this.contains('name', filter.name))
    return this.page(db, query, { where: where as WhereOptions<Role>, order: ['id'] })
  }
}

export const roleCrud = new RoleCrud(Role)
