import { Crud, nextId, type Db } from '#core'
import { NoticeRead } from '../model/notice-read'
import { NoticeTarget } from '../model/notice-target'

class NoticeTargetCrud extends Crud<NoticeTarget> {
  /** Ids of the newest notices that are for any of these users and roles. */
  async noticesFor(db: Db, targets: readonly string[], limit: number): Promise<string[]> {
    const where = { target_id: [...targets] }
    const rows = await this.find(db, { where, columns: ['notice_id'], order: [['notice_id', 'DESC']], limit })
    return [...new Set(rows.map((row) => row.notice_id))]
  }

  async targetsOf(db: Db, notice: string): Promise<string[]> {
    return (await this.find(db, { where: { notice_id: notice } })).map((row) => row.target_id)
  }

  async replace(db: Db, notice: string, targets: readonly string[]): Promise<void> {
    await this.removeOf(db, [notice])
    await this.createMany(
      db,
      targets.map((target) => ({ notice_id: notice, target_id: target })),
    )
  }

  removeOf(db: Db, notices: readonly string[]) {
    return this.removeWhere(db, { notice_id: [...notices] })
  }
}

class NoticeReadCrud extends Crud<NoticeRead> {
  /** Which of these notices the user has read. */
  async readBy(db: Db, user: string, notices: readonly string[]): Promise<Set<string>> {
    if (notices.length === 0) return new Set()
    const rows = await this.find(db, { where: { user_id: user, notice_id: [...notices] } })
    return new Set(rows.map((row) => row.notice_id))
  }

  /** That a notice was read changes nothing that anybody would look up in the operation log. */
  async add(db: Db, user: string, notices: readonly string[], moment: Date): Promise<void> {
    const rows = notices.map((notice) => ({
      ...{ id: nextId(), created_time: moment, notice_id: notice, user_id: user },
    }))
    await this.append(db, rows)
  }

  removeOf(db: Db, notices: readonly string[]) {
    return this.purge(db, { notice_id: [...notices] })
  }
}

export const noticeTargetCrud = new NoticeTargetCrud(NoticeTarget)
export const noticeReadCrud = new NoticeReadCrud(NoticeRead)
