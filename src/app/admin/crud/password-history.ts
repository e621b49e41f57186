import { Crud, type Db } from '#core'
import { UserPasswordHistory } from '../model/password-history'

class PasswordHistoryCrud extends Crud<UserPasswordHistory> {
  /** Hashes of the passwords a user set last, the newest first. */
  async latest(db: Db, userId: string, count: number): Promise<string[]> {
    const rows = await this.find(db, {
      where: { user_id: userId },
      order: [
        ['created_time', 'DESC'],
        ['id', 'DESC'],
      ],
      limit: count,
      columns: ['password'],
    })
    return rows.map((row) => row.password)
  }
}

export const passwordHistoryCrud = new PasswordHistoryCrud(UserPasswordHistory)
