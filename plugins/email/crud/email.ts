import { Crud, Op, type Db, type PageQuery, type Row, type WhereOptions } from '#core'
import { Email } from '../model/email'
import type { EmailList } from '../schema/email'

type Column = keyof Row<Email>

/** Everything but the bodies. */
const LISTED: Column[] = [
  ...(['id', 'recipients', 'missing', 'refused', 'subject', 'is_hidden', 'state', 'attempts'] as const),
  ...(['last_error', 'sent_time', 'created_time', 'updated_time'] as const),
]

class EmailCrud extends Crud<Email> {
  byKey(db: Db, key: string) {
    return this.first(db, { key })
  }

  list(db: Db, page: PageQuery, filter: Omit<EmailList, 'page' | 'size'>) {
    const where: WhereOptions[] = []
    if (filter.recipient) where.push(this.contains('recipients', filter.recipient))
    if (filter.subject) where.push(this.contains('subject', filter.subject))
    if (filter.state) where.push({ state: filter.state })
    if (filter.since) where.push({ created_time: { [Op.gte]: filter.since } })
    if (filter.until) where.push({ created_time: { [Op.lte]: filter.until } })
    const order: [string, string][] = [
      ['created_time', 'DESC'],
      ['id', 'DESC'],
    ]
    return this.page(db, page, { where: { [Op.and]: where }, columns: LISTED, order })
  }

  /** Mails that wait and have not changed since this moment, with the tasks that have them; in order of id. */
  waitingSince(db: Db, moment: Date, after: string, limit: number) {
    const isQuiet: WhereOptions = {
      [Op.or]: [
        { updated_time: { [Op.lte]: moment } },
        { updated_time: null, created_time: { [Op.lte]: moment } },
      ],
    }
    const where = { [Op.and]: [{ state: 'pending', id: { [Op.gt]: after } }, isQuiet] }
    return this.find(db, { where, columns: ['id', 'task_id'], order: ['id'], limit })
  }

  /** Ids of mails that are done with, and were asked for before this moment. */
  async doneBefore(db: Db, end: Date, limit: number): Promise<string[]> {
    const where = { state: { [Op.ne]: 'pending' }, created_time: { [Op.lt]: end } }
    const rows = await this.find(db, { where, columns: ['id'], order: ['created_time'], limit })
    return rows.map(({ id }) => id)
  }
}

export const emailCrud = new EmailCrud(Email)
