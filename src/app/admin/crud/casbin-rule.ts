import { Crud } from '#core'
import { CasbinRule } from '../model/casbin-rule'

class CasbinRuleCrud extends Crud<CasbinRule> {}

export const casbinRuleCrud = new CasbinRuleCrud(CasbinRule)
