import { Crud, Op, type Db, type PageQuery, type WhereOptions } from '#core'
import { Config } from '../model/config'

export interface ConfigFilter {
  name?: string | undefined
  type?: string | undefined
}

class ConfigCrud extends Crud<Config> {
  byKeys(db: Db, keys: string[]) {
    return this.find(db, { where: { key: keys } })
  }

  ofGroup(db: Db, type: string | undefined) {
    return this.find(db, { where: type === undefined ? {} : { type }, order: ['id'] })
  }

  list(db: Db, page: PageQuery, filter: ConfigFilter) {
    const where: WhereOptions[] = []
    if (filter.name) where.push(this.contains('name', filter.name))
    if (filter.type) where.push(this.contains('type', filter.type))
    const order: [string, string][] = [
      ['created_time', 'DESC'],
      ['id', 'DESC'],
    ]
    return this.page(db, page, { where: { [Op.and]: where }, order })
  }
}

export const configCrud = new ConfigCrud(Config)
