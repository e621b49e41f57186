import { Crud, Op, type Db, type PageQuery, type WhereOptions } from '#core'
import { DictData } from '../model/dict-data'
import type { DictDataList } from '../schema/dict-data'

export type DictDataFilter = Omit<DictDataList, 'page' | 'size'>

class DictDataCrud extends Crud<DictData> {
  all(db: Db) {
    return this.find(db, { order: ['type_code', 'sort', 'id'] })
  }

  byLabel(db: Db, type: string, label: string) {
    return this.first(db, { type_id: type, label })
  }

  /** What pages offer: enabled entries, the highest `sort` first. */
  enabledOf(db: Db, code: string) {
    const order: [string, string][] = [
      ['sort', 'DESC'],
      ['id', 'ASC'],
    ]
    return this.find(db, { where: { type_code: code, status: 1 }, order })
  }

  list(db: Db, page: PageQuery, filter: DictDataFilter) {
    const where: WhereOptions[] = []
    if (filter.type_code) where.push({ type_code: filter.type_code })
    if (filter.type_id) where.push({ type_id: filter.type_id })
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.label) where.push(this.contains('label', filter.label))
    if (filter.value) where.push(this.contains('value', filter.value))
    return this.page(db, page, { where: { [Op.and]: where }, order: ['sort', 'id'] })
  }

  /** Entries follow when their type is given another code. */
  async recode(db: Db, type: string, code: string): Promise<void> {
    await this.updateWhere(db, { type_id: type }, { type_code: code })
  }

  removeOf(db: Db, types: readonly string[]) {
    return this.removeWhere(db, { type_id: [...types] })
  }
}

export const dictDataCrud = new DictDataCrud(DictData)
