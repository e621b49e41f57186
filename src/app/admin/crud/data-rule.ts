import { Crud, type Db, type PageQuery } from '#core'
import { DataRule } from '../model/data-rule'

class DataRuleCrud extends Crud<DataRule> {
  byName(db: Db, name: string) {
    return this.first(db, { name })
  }

  all(db: Db) {
    return this.find(db, { order: ['id'] })
  }

  list(db: Db, page: PageQuery, name: string | undefined) {
    return this.page(db, page, { ...(name && { where: this.contains('name', name) }), order: ['id'] })
  }
}

export const dataRuleCrud = new DataRuleCrud(DataRule)
