import { Crud, type Db, type WhereOptions } from '#core'
import { Dept } from '../model/dept'

export interface DeptFilter {
  name?: string
  leader?: string
  phone?: string
  status?: number
}

class DeptCrud extends Crud<Dept> {
  /** Departments that are not deleted, in the order of the tree. */
  list(db: Db, filter: DeptFilter) {
    const where: WhereOptions[] = [{ del_flag: false }]
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.name) where.push(this.contains('name', filter.name))
    if (filter.leader) where.push(this.contains('leader', filter.leader))
    if (filter.phone) where.push(this.startsWith('phone', filter.phone))
    return this.find(db, { where: where as WhereOptions<Dept>, order: ['sort', 'id'] })
  }

  byName(db: Db, name: string) {
    return this.first(db, { name, del_flag: false })
  }

  hasChildren(db: Db, id: string) {
    return this.exists(db, { parent_id: id, del_flag: false })
  }

  /** Who is below whom, locked: nobody can move a department until the transaction ends. */
  lockTree(db: Db) {
    return this.find(db, { columns: ['id', 'parent_id'], order: ['id'], lock: true })
  }
}

export const deptCrud = new DeptCrud(Dept)
