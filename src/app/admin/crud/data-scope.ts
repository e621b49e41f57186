import { Crud, type Db, type PageQuery, type WhereOptions } from '#core'
import { DataScope } from '../model/data-scope'

export interface DataScopeFilter {
  name?: string | undefined
  status?: number | undefined
}

class DataScopeCrud extends Crud<DataScope> {
  byName(db: Db, name: string) {
    return this.first(db, { name })
  }

  all(db: Db) {
    return this.find(db, { order: ['id'] })
  }

  list(db: Db, page: PageQuery, filter: DataScopeFilter) {
    const where: WhereOptions[] = []
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.name) where.push(this.contains('name', filter.name))
    return this.page(db, page, { where: where as WhereOptions<DataScope>, order: ['id'] })
  }
}

export const dataScopeCrud = new DataScopeCrud(DataScope)
