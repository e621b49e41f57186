import { Crud, type Db, type PageQuery } from '#core'
import { CasbinRule } from '../model/casbin-rule'

class CasbinRuleCrud extends Crud<CasbinRule> {
  list(db: Db, page: PageQuery, roleId: string | undefined) {
    return this.page(db, page, { ...(roleId && { where: { role_id: roleId } }), order: ['id'] })
  }

  removeOfRoles(db: Db, roleIds: string[]) {
    return this.removeWhere(db, { role_id: roleIds })
  }
}

export const casbinRuleCrud = new CasbinRuleCrud(CasbinRule)
