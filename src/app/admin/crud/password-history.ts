import { Crud } from '#core'
import { UserPasswordHistory } from '../model/password-history'

class PasswordHistoryCrud extends Crud<UserPasswordHistory> {}

export const passwordHistoryCrud = new PasswordHistoryCrud(UserPasswordHistory)
