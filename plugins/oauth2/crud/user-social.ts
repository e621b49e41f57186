import { Crud, type Db } from '#core'
import { UserSocial } from '../model/user-social'

class UserSocialCrud extends Crud<UserSocial> {
  byAccount(db: Db, source: string, sid: string) {
    return this.first(db, { source, sid })
  }

  ofUser(db: Db, user: string) {
    return this.find(db, { where: { user_id: user }, order: ['source'] })
  }

  isBound(db: Db, user: string, source: string) {
    return this.exists(db, { user_id: user, source })
  }

  removeOf(db: Db, user: string, source?: string) {
    return this.removeWhere(db, { user_id: user, ...(source !== undefined && { source }) })
  }
}

export const userSocialCrud = new UserSocialCrud(UserSocial)
