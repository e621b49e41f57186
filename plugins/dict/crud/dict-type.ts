import { Crud, Op, type Db, type PageQuery, type WhereOptions } from '#core'
import { DictType } from '../model/dict-type'

export interface DictTypeFilter {
  name?: string | undefined
  code?: string | undefined
}

class DictTypeCrud extends Crud<DictType> {
  byCode(db: Db, code: string) {
    return this.first(db, { code })
  }

  all(db: Db) {
    return this.find(db, { order: ['id'] })
  }

  list(db: Db, page: PageQuery, filter: DictTypeFilter) {
    const where: WhereOptions[] = []
    if (filter.name) where.push(this.contains('name', filter.name))
    if (filter.code) where.push(this.contains('code', filter.code))
    return this.page(db, page, { where: { [Op.and]: where }, order: [['id', 'DESC']] })
  }
}

export const dictTypeCrud = new DictTypeCrud(DictType)
