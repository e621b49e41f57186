import { Crud, type Db } from '#core'
import { CasbinRule } from '../model/casbin-rule'

class CasbinRuleCrud extends Crud<CasbinRule> {
  removeOfRoles(db: Db, roleIds: string[]) {
    return this.removeWhere(db, { role_id: roleIds })
  }
}

export const casbinRuleCrud = new CasbinRuleCrud(CasbinRule)
