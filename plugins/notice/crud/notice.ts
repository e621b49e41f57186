import { Crud, Op, type Db, type PageQuery, type WhereOptions } from '#core'
import { Notice } from '../model/notice'
import type { NoticeList } from '../schema/notice'

const NEWEST: [string, string][] = [
  ['created_time', 'DESC'],
  ['id', 'DESC'],
]

class NoticeCrud extends Crud<Notice> {
  /** @param meant as for `shown`; null: all of them */
  getAmong(db: Db, id: string, meant: readonly string[] | null) {
    return this.first(db, { [Op.and]: [{ id }, ...among(meant)] })
  }

  /** @param meant as for `shown`; null: all of them */
  list(db: Db, page: PageQuery, filter: Omit<NoticeList, 'page' | 'size'>, meant: readonly string[] | null) {
    const where: WhereOptions[] = among(meant)
    if (filter.type !== undefined) where.push({ type: filter.type })
    if (filter.status !== undefined) where.push({ status: filter.status })
    if (filter.title) where.push(this.contains('title', filter.title))
    return this.page(db, page, { where: { [Op.and]: where }, order: NEWEST })
  }

  /** What is shown to everybody, and what of these is shown at all. */
  shown(db: Db, page: PageQuery, meant: readonly string[]) {
    return this.page(db, page, { where: shownTo(meant), order: NEWEST })
  }

  /** Ids of the newest ones that `shown` has. */
  async shownIds(db: Db, meant: readonly string[], limit: number): Promise<string[]> {
    const rows = await this.find(db, { where: shownTo(meant), columns: ['id'], order: NEWEST, limit })
    return rows.map(({ id }) => id)
  }

  pageOf(db: Db, page: PageQuery, ids: readonly string[]) {
    return this.page(db, page, { where: { id: [...ids] }, order: NEWEST })
  }
}

const shownTo = (meant: readonly string[]): WhereOptions<Notice> => ({
  status: 1,
  [Op.or]: [{ audience: 'everyone' }, { id: [...meant] }],
})

const among = (meant: readonly string[] | null) => (meant === null ? [] : [shownTo(meant)])

export const noticeCrud = new NoticeCrud(Notice)
